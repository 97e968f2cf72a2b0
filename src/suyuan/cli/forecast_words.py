"""What the commands about forecast and leakage say, in Chinese and English."""

FORECAST_WORDS: dict[str, tuple[str, str]] = {
    "help_forecast": (
        "动力电池退役量预测；--check 复算一份已发表的退役量表。",
        "Forecast what retires; --check reproduces a published table.",
    ),
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
    "head_table": ("表", "table"),
    "head_rows_within": ("符合的行", "rows within"),
    "head_values_within": ("符合的数值", "values within"),
    "head_largest_beyond": ("舍入外最大相对差", "largest beyond rounding"),
    "head_fleet": ("车队", "fleet"),
    "head_battery_type": ("电池类型", "battery type"),
    "head_amount": ("数值", "amount"),
    "head_printed": ("印出", "printed"),
    "head_computed": ("复算", "computed"),
}
