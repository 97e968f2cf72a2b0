"""What the commands about rulebook and calendar say, in Chinese and English."""

RULEBOOK_WORDS: dict[str, tuple[str, str]] = {
    "help_rulebook": (
        "规则书：列出、增补条目、查看变更。",
        "The rulebook: list it, add entries of one's own, see its changes.",
    ),
    "help_rulebook_import": ("采用运营方自有条目（TOML）。", "Adopt entries of one's own from a TOML file."),
    "help_rulebook_history": ("列出规则书和工作日历的变更。", "List the changes of rulebook and calendar."),
    "help_calendar": ("工作日历：列出、导入年度安排。", "The calendar of working days: list it, import years."),
    "help_calendar_import": ("从 CSV 导入年度节假日安排。", "Import years of the calendar from a CSV file."),
    "rulebook_changed": ("已采用，版本 {version}。", "Adopted; the version is now {version}."),
    "rulebook_unchanged": ("与现行内容相同，未作更改。", "It says what is in force already; nothing was changed."),
    "rulebook_refused": ("文件有误，未采用任何内容。", "The file is wrong; nothing of it was adopted."),
    "rulebook_never_changed": (
        "没有变更记录：以程序内置内容为准。",
        "No change is recorded: what the program holds is in force.",
    ),
    "rulebook_unreadable": (
        "无法读取 SUYUAN_RULEBOOK 指定的文件 {file}：{reason}。请更正路径或取消该设置。",
        "The file {file} that SUYUAN_RULEBOOK names cannot be read: {reason}. Correct the path or take the setting away.",
    ),
    "act_rulebook": ("自有条目", "own entries"),
    "act_calendar": ("工作日历", "calendar"),
    "act_packaged_rulebook": ("程序内置", "packaged"),
    "head_entry": ("条目", "entry"),
    "head_act": ("记录号", "act"),
    "head_digest": ("摘要", "digest"),
    "head_off": ("放假（工作日）", "weekdays off"),
    "head_worked": ("上班（周末）", "weekend days worked"),
}
