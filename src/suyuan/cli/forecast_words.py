"""What the commands about forecast and leakage say, in Chinese and English."""

FORECAST_WORDS: dict[str, tuple[str, str]] = {
    "help_forecast": (
        "动力电池退役量预测；--check 复算一份已发表的退役量表。",
        "Forecast what retires; --check reproduces a published table.",
    ),
    "help_leakage": (
        "漏失估计：应报废而无人报告的车辆数，带区间。",
        "Estimate the vehicles that left use and nobody reported, with an interval.",
    ),
    "option_until_year": ("预测到哪一年（默认 2035）。", "Last year of the forecast (2035)."),
    "option_forecast_by": (
        "分组：year、chemistry、class、powertrain、province。",
        "Arrange by year, chemistry, class, powertrain or province.",
    ),
    "option_forecast_scope": (
        "全国（nation，默认）或仅平台车辆（platform）。",
        "The nation (default), or the platform's own vehicles alone.",
    ),
    "option_materials": (
        "加上退役电池中的锂、镍、钴，以及平台已回收量。",
        "Add lithium, nickel and cobalt in what retires, and what was recovered on the platform.",
    ),
    "option_reported_share": (
        "假定有报告的报废比例（0 至 1；默认按自带数据逐年取值）。",
        "Share of exits that is taken to be reported, above 0 to 1 (as the carried tables say, by year).",
    ),
    "option_forecast_as_of": ("数据截至该日（默认今天）。", "Day as of which is known what is known (today)."),
    "option_leakage_by": ("分组：producer、province、year。", "Arrange by producer, province or year."),
    "check_stands_alone": (
        "--check 不能与其他预测选项同用。",
        "--check stands alone: leave the other options of the forecast out.",
    ),
    "forecast_no_database": ("{folder} 中没有数据库。", "There is no database in {folder}."),
    "forecast_basis": ("依据：{basis}。", "Based on {basis}."),
    "forecast_life": (
        "车辆寿命：韦布尔形状 {shape}，校准平均 {calibrated} 年；区间取 {low} 年和 {high} 年。",
        "Life of vehicles: Weibull of shape {shape}, mean {calibrated} years as calibrated; the band is that of {low} and {high} years.",
    ),
    "forecast_learned": (
        "自 {since} 报告了 {exits} 辆报废（应为 {expected}，假定只有 {share:.0%} 有报告）：权重 {weight:.0%}，今后平均寿命 {learned} 年。",
        "Since {since} {exits} exits were seen ({expected} expected, if {share:.0%} are): weight {weight:.0%}, mean life {learned} years.",
    ),
    "forecast_held": (
        "平台车辆：已售 {sold}，登记在用 {in_use}；所知截至 {until}。",
        "The platform's own vehicles: {sold} sold, {in_use} listed as in use; known until {until}.",
    ),
    "forecast_unverified": (
        "未核实：部分输入为假定或转述，见 docs/reference/forecast.md。替换下来的电池另计，不在退役量内。",
        "Unverified: some inputs are assumed or recalled (docs/reference/forecast.md). Replaced packs stand beside, not in what retires.",
    ),
    "no_recovered": ("平台账目中没有回收金属。", "No metal was recovered in the platform's accounts."),
    "no_leakage": (
        "平台上还没有已售车辆，无从估计。",
        "The platform holds no sold vehicle: there is nothing to estimate.",
    ),
    "leakage_window": ("{since} 至 {until}。{meaning}", "{since} to {until}. {meaning}"),
    "head_packs": ("电池包（千只）", "packs (1,000)"),
    "head_gwh": ("GWh", "GWh"),
    "head_kt": ("千吨", "kt"),
    "head_replaced_kt": ("另：替换（千吨）", "beside: replaced (kt)"),
    "head_lithium_t": ("锂（吨）", "lithium (t)"),
    "head_nickel_t": ("镍（吨）", "nickel (t)"),
    "head_cobalt_t": ("钴（吨）", "cobalt (t)"),
    "head_group": ("分组", "group"),
    "head_in_use": ("在用", "in use"),
    "head_expected": ("应报废", "expected"),
    "head_seen": ("已见", "seen"),
    "head_incomplete": ("其中缺电池", "without a pack"),
    "head_unseen": ("未见", "unseen"),
    "head_interval": ("90 % 区间", "90 % interval"),
    "title_forecast": ("退役量：低 · 中 · 高", "What retires: low · central · high"),
    "title_forecast_kt": ("退役量（千吨，中值）", "What retires (kt, central)"),
    "title_recovered": ("平台账目：投入与回收的金属（吨）", "The platform's accounts: metal fed and recovered (t)"),
    "option_check_table": (
        "含 repro_table_*.csv 的文件夹：由其输入复算并逐行比对其输出。",
        "Folder with repro_table_*.csv: compute its outputs again from its inputs and compare every row.",
    ),
    "check_agrees": (
        "复算一致：{rows} 行全部在容差 {tolerance:g}（印出小数的舍入除外）之内。来源：{source}。",
        "Reproduced: all {rows} rows are within {tolerance:g} beyond the rounding of the printed decimals. Source: {source}.",
    ),
    "check_differs": (
        "不一致：{rows} 行中有 {count} 行超出容差 {tolerance:g}（印出小数的舍入除外）。来源：{source}。",
        "Not reproduced: {count} of {rows} rows differ by more than {tolerance:g} beyond the rounding. Source: {source}.",
    ),
    "check_rounding": (
        "{telling} 个数值的舍入小于容差：其中 {plain} 个不计舍入也在容差内，最大相对差 {largest:.2e}。",
        "Of {telling} values printed finer than it, {plain} are within it without any allowance; the largest is {largest:.2e}.",
    ),
    "check_coarse": (
        "其余 {rest} 个数值的舍入大于容差，只能在舍入范围内比较。",
        "The rounding of the other {rest} is coarser than the tolerance: they are compared within their rounding.",
    ),
    "head_rows_within": ("符合的行", "rows within"),
    "head_values_within": ("符合的数值", "values within"),
    "head_largest_beyond": ("舍入外最大相对差", "largest beyond rounding"),
    "head_fleet": ("车队", "fleet"),
    "head_battery_type": ("电池类型", "battery type"),
    "head_amount": ("数值", "amount"),
    "head_printed": ("印出", "printed"),
    "head_computed": ("复算", "computed"),
}
