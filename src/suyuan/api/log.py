"""The transparency log as C2SP tlog-tiles serves it: checkpoints, tiles, bundles of entries, and the trust file."""

import re
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from suyuan.api.problem import Problem
from suyuan.api.service import Service, TheService
from suyuan.app.log_keys import read_keys
from suyuan.evidence.hashing import SHA256, SM3
from suyuan.evidence.tiles import TILE_WIDTH, Tile
from suyuan.store.log import read_newest_head
from suyuan.store.log_folder import LogFolder

router = APIRouter(include_in_schema=False)

_TILE: Final = re.compile(
    r"(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<place>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_YEAR: Final = re.compile(r"[0-9]{4}")
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_A_MOMENT: Final = {"Cache-Control": "public, max-age=1"}
UNCACHED: Final = {"Cache-Control": "no-cache"}


@router.get("/log/checkpoint")
def get_newest_checkpoint(service: TheService) -> Response:
    """Return the newest checkpoint of the shard in use."""
    return get_checkpoint(str(_newest_shard(service)), service)


@router.get("/log/tile/{path:path}")
def get_newest_tile(path: str, request: Request, service: TheService) -> Response:
    """Lead to the tile of the shard in use; not to be cached, since another year has another shard."""
    if not _TILE.fullmatch(path):
        raise _nothing()
    address = request.url.replace(path=f"/log/{_newest_shard(service)}/tile/{path}")
    return RedirectResponse(f"{address.path}", 307, headers=UNCACHED)


@router.get("/log/trust.json")
def get_trust(service: TheService) -> Response:
    """Return the trust file; who wants to be sure of it compares it with one got by another way."""
    with service.open_context() as context:
        state = read_keys(context)
    if state is None:
        raise _nothing()
    return Response(state.trust.encode(), headers=FOR_A_MOMENT, media_type="application/json")


@router.get("/log/{year}/checkpoint")
def get_checkpoint(year: str, service: TheService) -> Response:
    """Return the newest checkpoint of a shard, with its signatures."""
    note = _folder(service).read_checkpoint(_shard(year))
    if note is None:
        raise _nothing()
    return Response(note.encode(), headers=FOR_A_MOMENT, media_type="text/plain; charset=utf-8")


@router.get("/log/{year}/tile/{path:path}")
def get_tile(year: str, path: str, service: TheService) -> Response:
    """Return a tile or a bundle of entries."""
    return _tile(service, year, path)


@router.get("/log/{year}/sm3/tile/{path:path}")
def get_twin_tile(year: str, path: str, service: TheService) -> Response:
    """Return a tile of the twin tree; the entries are the same and stand under the other prefix."""
    return _tile(service, year, path, is_twin=True)


def _tile(service: Service, year: str, path: str, *, is_twin: bool = False) -> Response:
    match = _TILE.fullmatch(path)
    if match is None or (is_twin and match["level"] == "entries"):
        raise _nothing()
    width = int(match["width"] or TILE_WIDTH)
    index = int(match["place"].replace("x", "").replace("/", ""))
    tile = Tile(-1 if match["level"] == "entries" else int(match["level"]), index, width)
    if tile.path != f"tile/{path}":  # not the one way of writing it
        raise _nothing()
    try:
        content = _folder(service).place(_shard(year), tile, hashing=SM3 if is_twin else SHA256).read_bytes()
    except OSError:
        raise _nothing() from None
    return Response(content, headers=FOR_EVER, media_type="application/octet-stream")


def _folder(service: Service) -> LogFolder:
    if service.log_folder is None:
        raise _nothing()
    return service.log_folder


def _shard(year: str) -> int:
    if not _YEAR.fullmatch(year):
        raise _nothing()
    return int(year)


def _newest_shard(service: Service) -> int:
    with service.open_context() as context:
        head = read_newest_head(context.connection)
    if head is None:
        raise _nothing()
    return head.shard


def _nothing() -> Problem:
    return Problem(
        "not_found",
        "The log has no such file. It serves checkpoint, tile/<L>/<N> and tile/entries/<N> under /log/<year>/.",
        detail_zh="日志中没有该文件。可用路径：/log/<年>/ 下的 checkpoint、tile/<L>/<N>、tile/entries/<N>。",
    )
