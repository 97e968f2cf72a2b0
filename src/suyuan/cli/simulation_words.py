"""What the command simulate says, in Chinese and English."""

SIMULATION_WORDS: dict[str, tuple[str, str]] = {
    "help_simulate": (
        "生成一个模拟国家：按公开格式的报送文件和真相标签。",
        "Write a simulated nation: submissions in the public format, and labels of what is true.",
    ),
    "option_scale": ("占全国的比例，如 1/1000。", "Share of the nation, such as 1/1000."),
    "option_seed": ("随机种子：同一种子生成相同的字节。", "The seed: the same one gives the same bytes."),
    "option_until": ("模拟到哪一天。", "The last day that is played."),
    "option_breaches": ("违规频率为通常的多少倍，0 为无违规。", "Times the usual rate of breaches; 0 for none."),
    "option_cells": (
        "电池编码细到单体（文件大十倍）。",
        "List the cells of each pack too; the files are ten times as large.",
    ),
    "option_processes": ("进程数，默认为处理器数。", "Processes; as many as processors by default."),
    "option_simulation_folder": ("写入的文件夹，须为空或不存在。", "Folder to write; empty, or not there yet."),
    "wanted_scale": ("应为大于 0、不大于 1 的分数或小数，如 1/1000", "a fraction above 0 and up to 1, such as 1/1000"),
    "wanted_simulation_until": (
        "应为 2012-02-01 至 2040-12-31 之间的日期",
        "a day between 2012-02-01 and 2040-12-31",
    ),
    "wanted_breaches": ("应为 0 至 100 之间的数", "a number from 0 to 100"),
    "wanted_processes": ("应为 1 至 64 之间的整数", "a whole number from 1 to 64"),
    "folder_not_empty": (
        "文件夹 {folder} 已有内容。请另选一个空文件夹，或先清空它。",
        "The folder {folder} holds something already. Choose an empty one, or empty it first.",
    ),
    "folder_unwritable": (
        "无法写入文件夹 {folder}：{reason}。请换一个文件夹或腾出空间。",
        "The folder {folder} cannot be written: {reason}. Choose another one or make room.",
    ),
    "simulation_process_lost": (
        "一个进程被中止，多半是内存不足；{folder} 中写了一半的内容已删除。请减小比例或用 --processes 1 重试。",
        "A process was ended, most likely for want of memory; what was in {folder} is removed. Try a smaller --scale, or --processes 1.",
    ),
    "doing_lives": ("车辆与电池", "vehicles and packs"),
    "doing_plants": ("综合利用企业", "plants"),
    "doing_files": ("报送文件", "submissions"),
    "simulated": (
        "{vehicles:,} 辆车、{enterprises:,} 家单位、{reports:,} 份报告、{files:,} 个文件、{labels:,} 个标签，写入 {folder}。",
        "{vehicles:,} vehicles, {enterprises:,} enterprises, {reports:,} reports in {files:,} files, {labels:,} labels, in {folder}.",
    ),
    "simulated_next": (
        "装载：suyuan demo --samples {folder}",
        "To load it: suyuan demo --samples {folder}",
    ),
}
