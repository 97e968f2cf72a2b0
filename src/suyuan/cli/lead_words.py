"""What the command about leads of detectors says, in Chinese and English."""

LEAD_WORDS: dict[str, tuple[str, str]] = {
    "help_leads": (
        "全记录统计检测：列出线索（非违规认定）。",
        "Statistical detectors over the whole record: list their leads, which are no violations.",
    ),
    "option_detector": ("只用该检测器。", "Only this detector."),
    "wanted_detector": ("检测器名称之一：{names}", "the name of a detector: {names}"),
    "no_leads": ("没有线索。", "No leads."),
    "leads_caution": (
        "线索仅供核查，不作为违规认定；每类检测的误报率见下。",
        "Leads are for looking into; they hold nothing against anybody. How often each detector names the honest:",
    ),
    "lead_rate": ("{title}：{rate} —— {per}", "{title}: at most {rate} of {per}"),
    "head_detector": ("检测器", "detector"),
    "head_explanation": ("说明", "explanation"),
}
