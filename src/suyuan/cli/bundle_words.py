"""What the command line says about evidence bundles, in Chinese and English; part of the catalogue in `cli.words`."""

BUNDLE_WORDS: dict[str, tuple[str, str]] = {
    "help_cases_bundle": ("制作案件证据包（zip）。", "Write the evidence bundle of a case (zip)."),
    "help_cases_verify": (
        "复算证据包，无需数据库与网络。",
        "Compute an evidence bundle again, with neither database nor network.",
    ),
    "bundle_not_reproduced": (
        "注意：{subject} 的认定 {rule}（报告 {report_id}）按立案时已收到的报告重新推算，结果与冻结时不同；证据包照实载明。",
        (
            "Note: the finding {rule} on {subject} (report {report_id}) does not come out as it was frozen, computed from what "
            "had been received when the case was opened; the bundle says so."
        ),
    ),
    "bundle_identical": (
        "一致：由 {reports} 份报告重新推算 {subjects} 个对象，得到与所载完全相同的 {findings} 项认定；{members} 个文件均未改动。",
        (
            "Identical: computing {subjects} subjects again from {reports} reports gives exactly the {findings} findings "
            "claimed; all {members} files are as they were made."
        ),
    ),
    "bundle_different": (
        "不一致：发现 {differences} 处不同。",
        "Different: {differences} differences were found.",
    ),
    "bundle_other_version": (
        "文件完整，但未复算：证据包由版本 {version} 制作。请用该版本的程序核验。",
        "Whole, but not computed again: the bundle was made by version {version}. Verify it with a program of that version.",
    ),
    "bundle_own_texts": (
        "运营方自有的规则或日历（程序未内置，请核对其出处）：{names}",
        "Rules or a calendar of the operator's own, which no program carries; check where they come from: {names}",
    ),
    "bundle_digest": ("证据包 SHA-256：{digest}", "SHA-256 of the bundle: {digest}"),
}
