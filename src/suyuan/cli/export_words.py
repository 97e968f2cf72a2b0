"""What the command line says about exports, in Chinese and English; part of the catalogue in `cli.words`."""

EXPORT_WORDS: dict[str, tuple[str, str]] = {
    "help_export": ("导出平台所存数据，供分析使用。", "Export what the platform holds, for analysis."),
    "help_export_parquet": (
        "按月分区导出 Parquet，附数据字典、清单和摘要。",
        "Export Parquet split by month, with data dictionary, manifest and digests.",
    ),
    "help_export_verify": (
        "核对导出目录：摘要、行数、合计；无需数据库。",
        "Check an export: digests, rows and totals, without a database.",
    ),
    "option_month_from": ("起始月份（含），形如 2026-05。", "First month, like 2026-05."),
    "option_month_until": ("截止月份（含），形如 2026-05。", "Last month, which counts, like 2026-05."),
    "wanted_month_order": ("不早于起始月份 {first} 的月份", "a month not before the first, {first}"),
    "doing_export": ("正在导出（行）", "Exporting (rows)"),
    "head_table": ("表", "table"),
    "head_rows": ("行数", "rows"),
    "export_written": (
        "已导出到 {folder}：{files} 个文件，{bytes} 字节，截至 {as_of}；合计与平台一致。",
        "Exported to {folder}: {files} files, {bytes} bytes, as of {as_of}; the totals are the platform's own.",
    ),
    "export_pending": (
        "注意：导出时有 {count} 个对象等待研判，其状态可能落后于报告。",
        "Note: {count} subjects waited for a judge; their states may lag behind the reports.",
    ),
    "export_digest": ("清单 SHA-256：{digest}", "SHA-256 of the manifest: {digest}"),
    "export_identical": (
        "一致：{files} 个文件、{rows} 行与清单相符（截至 {as_of}）。",
        "Identical: {files} files, {rows} rows are as the manifest says (as of {as_of}).",
    ),
    "export_different": ("不一致：发现 {count} 处不同。", "Different: {count} differences were found."),
}
