"""Reuse product for a prohibited field of use (再利用产品用于禁止领域)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step


def prohibited_use_field(step: Step) -> Iterator[Finding]:
    """Find a reuse product made for a field that the book of that day prohibits; fires in the product's timeline."""
    event = step.event
    if "product" not in event.roles:
        return
    field_of_use = event.body["field_of_use"]
    book = step.rulebook.book_of(event.occurred_on)
    entry = book.thresholds.get("prohibited_fields_of_use")
    if entry is None or field_of_use not in entry.value:
        return
    evidence = {"field_of_use": field_of_use, "book": book.name, "prohibited": sorted(entry.value)}
    yield RULE.find(step, party=event.reporter, evidence=evidence, about=event.body.get("parent_codes", ()))


RULE = Rule(
    name="prohibited_use_field",
    family="end_of_life",
    title="Reuse product for a prohibited field of use",
    title_zh="再利用产品用于禁止领域",
    weight="violation",
    kinds=("reuse_product_made",),
    families=("battery",),
    competent_line="market",
    source="Interim Measures (Order 73), Art. 22: no use in e-bikes and other prohibited fields",
    verified=False,
    in_force_from="2026-04-01",
    counts="A reuse product whose maker states a field of use on the list of the book in force on that day.",
    counts_not="Fields not on that list; products made before a book prohibits the field.",
    counts_zh="再利用产品的制造企业所报应用领域，在当日施行的禁止名单上。",
    counts_not_zh="不在名单上的领域；规则禁止该领域之前制成的产品。",
    remedy="Call the product back and report a lawful field of use; withdraw the report if the field was mistyped.",
    remedy_zh="召回产品并改用于合法领域；应用领域填错的撤回重报。",
    check=prohibited_use_field,
)
