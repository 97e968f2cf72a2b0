"""All detectors in one ordered tuple."""

from suyuan.analysis.detectors import (
    codes_never_born,
    dated_back,
    goods_in_a_ring,
    mass_without_a_source,
    missing_more_than_peers,
    more_metal_than_peers,
    named_by_others_but_silent,
    seen_in_two_places_at_once,
)
from suyuan.analysis.detectors.detector import Detector

DETECTORS: tuple[Detector, ...] = (
    seen_in_two_places_at_once.DETECTOR,
    goods_in_a_ring.DETECTOR,
    missing_more_than_peers.DETECTOR,
    mass_without_a_source.DETECTOR,
    more_metal_than_peers.DETECTOR,
    named_by_others_but_silent.DETECTOR,
    dated_back.DETECTOR,
    codes_never_born.DETECTOR,
)
