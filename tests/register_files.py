"""Files of the register for tests: every topic with an entry that is right, among the participants of the tests."""

from story import USCC_OF, expand

CARRIER = "{CA1}"
ROWS = {
    "sites": ("uscc,site_id,name,division,valid_from,valid_until", "{UE1},P1,一号车间,430100,2020-01-01,"),
    "licences": (
        "uscc,kind,number,valid_from,valid_until,capacity_t",
        "{UE1},discharge_permit,HN-0001,2020-01-01,2027-12-31,10000",
    ),
    "filings": ("manufacturer_code,specification_code,uscc,filed_on,description", "001,A1,{BP1},2018-08-01,LFP 100 Ah"),
    "models": ("uscc,model,certified_on,chemistry,rated_energy_wh", "{BP1},M1,2026-04-10,lfp,55000"),
    "outlets": (
        "producer,outlet_id,division,form,operator,valid_from,valid_until,published_on",
        "{VP1},N-1,420100,entrusted,{CO1},2026-01-01,,2026-01-15",
    ),
    "agents": ("agent,principal,valid_from,valid_until", "{SE1},{RE1},2026-04-01,2026-12-31"),
    "authorities": (
        "authority,name,line,division,valid_from,valid_until",
        "GXT-35,福建省工业和信息化厅,industry,350000,2020-01-01,",
    ),
    "officers": ("officer,name,authority,valid_from,valid_until", "35-0001,王五,GXT-35,2020-01-01,"),
}


def write_topic(topic, *rows, heading=None, encoding="utf-8"):
    """Return the file of a topic; without rows the one that is right."""
    own, right = ROWS[topic]
    lines = [heading or own, *(rows or (right,))]
    return "\r\n".join(expand(line) for line in lines).encode(encoding)


__all__ = ["ROWS", "USCC_OF", "write_topic"]
