"""What the command demo says, in Chinese and English."""

DEMO_WORDS: dict[str, tuple[str, str]] = {
    "help_demo": (
        "生成模拟国家（或装载 --samples 文件夹）并启动服务，先睹为快。",
        "Load a simulated nation, or a folder of files, into a database of its own and serve it.",
    ),
    "option_no_serve": ("装载后不启动服务。", "Load only, start no server."),
    "option_samples": (
        "不生成模拟国家，改为装载此文件夹：样例，或 suyuan simulate 的输出。",
        "Load this folder instead of a nation: samples, or what suyuan simulate wrote.",
    ),
    "option_demo_scale": ("模拟国家占全国的比例。", "Share of the nation that is simulated."),
    "wanted_no_scale": ("不能与 --samples 同时使用", "not together with --samples"),
    "no_samples": (
        "没有找到文件夹 {folder}，或其中没有 participants.csv。请用 --samples 指定样例文件夹，或去掉该选项。",
        "The folder of samples was not found: {folder} holds no participants.csv. Name another with --samples, or leave it out.",
    ),
    "demo_other_nation": (
        "{data} 已装载另一个模拟国家（至 {until}，比例 {scale}）。请用 --data 另选文件夹，或去掉 --data。",
        "{data} is loaded with another nation (until {until}, scale {scale}). Choose another folder with --data, or leave it out.",
    ),
    "doing_load": ("装载", "Loading"),
    "demo_nation": (
        "模拟国家（比例 {scale}，至 {until}，全部虚构）：{vehicles:,} 辆车、{enterprises:,} 家单位、{reports:,} 份报告",
        "A made-up nation, {scale} of the real one, until {until}: {vehicles:,} vehicles, {enterprises:,} parties, {reports:,} reports",
    ),
    "demo_loaded": (
        "已装载：接收 {accepted:,}，重复 {duplicate:,}，退回 {rejected:,}",
        "Loaded: accepted {accepted:,}, duplicate {duplicate:,}, refused {rejected:,}",
    ),
    "demo_coverage": (
        "在用电池 {live:,} 个，链条完整 {whole:,} 个（{share:.1%}）",
        "Live packs: {live:,}, of which {whole:,} have a whole chain ({share:.1%})",
    ),
    "demo_took": ("用时 {seconds:.0f} 秒", "Ready after {seconds:.0f} seconds"),
    "demo_found": ("按规则统计的发现", "Findings by rule"),
    "demo_look": ("可以这样看：", "Where to look:"),
    "demo_look_public": ("一块电池的公开页面", "the public page of a battery"),
    "demo_look_api": ("接口说明", "the HTTP interface"),
    "demo_look_vehicle": ("一辆有疑点的车", "a vehicle with a finding"),
    "demo_look_incomplete": ("一辆报废时缺电池的车", "a scrapped vehicle whose battery is missing"),
    "demo_look_missing": ("缺失的那块电池", "the battery that it misses"),
    "demo_look_whole": ("链条完整的一块电池", "a battery with a whole chain"),
    "demo_look_swapped": ("在多车之间换电的电池", "a battery that was swapped between vehicles"),
    "demo_look_findings": ("全部疑似违规", "all suspected breaches"),
    "demo_look_leads": ("全部线索", "all leads"),
    "demo_look_forecast": ("退役量预测", "what retires when"),
    "demo_look_leakage": ("应退役而未见的车辆", "what should have left and was not seen"),
    "demo_look_labels": ("真相标签（平台看不到）", "what is true, which the platform never sees"),
    "demo_look_stop": ("用完后停止数据库", "stop the database when done"),
    "demo_earlier": (
        "以前的演示仍保留在磁盘上，不再需要时可自行删除：{folders}",
        "Earlier demos are still on the disk; delete them when you need them no more: {folders}",
    ),
}
