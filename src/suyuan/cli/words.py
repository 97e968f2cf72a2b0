"""What the command line says to people, in Chinese and English, in one place; and the errors that it says itself.

The language is SUYUAN_LANGUAGE (zh or en), else that of the locale, else English.
"""

import os
from collections.abc import Mapping

from suyuan.cli.bundle_words import BUNDLE_WORDS
from suyuan.cli.case_words import CASE_WORDS
from suyuan.cli.demo_words import DEMO_WORDS
from suyuan.cli.evidence_words import EVIDENCE_WORDS
from suyuan.cli.export_words import EXPORT_WORDS
from suyuan.cli.forecast_words import FORECAST_WORDS
from suyuan.cli.lead_words import LEAD_WORDS
from suyuan.cli.rulebook_words import RULEBOOK_WORDS
from suyuan.cli.simulation_words import SIMULATION_WORDS


def choose_language(environ: Mapping[str, str]) -> str:
    """Return "zh" or "en" for an environment."""
    chosen = environ.get("SUYUAN_LANGUAGE", "").lower()[:2]
    if chosen in ("zh", "en"):
        return chosen
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def language() -> str:
    """Return the language of this moment's environment."""
    return choose_language(os.environ)


def say(key: str, **details: object) -> str:
    """Return a sentence of the catalogue in the person's language."""
    return say_both(key, **details)[0 if language() == "zh" else 1]


def say_both(key: str, **details: object) -> tuple[str, str]:
    """Return a sentence of the catalogue in Chinese and in English; a detail may be such a pair itself."""
    chinese, english = WORDS[key]
    in_chinese = {name: value[0] if isinstance(value, tuple) else value for name, value in details.items()}
    in_english = {name: value[1] if isinstance(value, tuple) else value for name, value in details.items()}
    return chinese.format(**in_chinese), english.format(**in_english)


class CommandError(Exception):
    """Something a command cannot do, told in both languages; `exit_code` 3, or 2 for wrong usage."""

    exit_code = 3

    def __init__(self, key: str, **details: object) -> None:
        """Keep both sentences."""
        self.message_zh, self.message = say_both(key, **details)
        super().__init__(self.message)


class UsageError(CommandError):
    """The command was called in a way it cannot be."""

    exit_code = 2


WORDS: dict[str, tuple[str, str]] = {
    # help
    "help_suyuan": (
        "溯源：新能源汽车动力电池全生命周期追溯。",
        "Suyuan: the life of every traction battery, from reports to findings to cases.",
    ),
    "help_help": ("显示本说明。", "Show this text."),
    "help_version": ("显示版本。", "Show the version."),
    "help_serve": ("启动 HTTP 服务和研判进程。", "Serve HTTP, with a judging worker beside it."),
    "help_work": ("记录并研判等待中的报送，直到停止。", "Record and judge what waits, until stopped."),
    "help_init": ("初始化数据库。", "Make a database ready."),
    "help_migrate": ("把数据库升级到本程序的结构。", "Bring a database to the schema of this program."),
    "help_participants": ("报告单位：导入、发放令牌。", "Participants: import them, give them tokens."),
    "help_import": ("从 CSV 导入报告单位。", "Import participants from a CSV file."),
    "help_register": (
        "登记册：场所、许可、备案、型号、网点、代报、主管部门、人员。",
        "The register: sites, licences, filings, models, outlets, agents, authorities, officers.",
    ),
    "help_register_import": (
        "从 CSV 导入一类登记；全部正确才导入。",
        "Import one topic from CSV, wholly or not at all.",
    ),
    "option_authority_of_document": ("制发机关的编号。", "Number of the authority that issues it."),
    "option_draft": ("只生成草稿，不编号、不记录。", "Only a draft: no number, no record."),
    "help_register_list": ("列出一类登记。", "List a topic of the register."),
    "help_register_history": (
        "登记的沿革：何时何人登记了什么、改了什么。",
        "History of an enterprise or a key: who said what when, and what changed.",
    ),
    "help_register_template": ("生成某类登记的 CSV 表头。", "Write the CSV heading of a topic."),
    "option_entry_uscc": ("仅涉及该单位的。", "Only entries that name this enterprise."),
    "option_in_force": ("仅在该日有效的。", "Only entries in force on this day."),
    "option_revoke": ("撤销其全部令牌，不再发放。", "End all its tokens instead of making one."),
    "help_token": ("为报告单位或平台运营方发放令牌。", "Make a token for a participant or for the operator."),
    "help_submit": ("报送文件（jsonl、json、csv、xlsx）。", "Submit a file of reports (jsonl, json, csv, xlsx)."),
    "help_withdraw": ("撤回整份报送。", "Withdraw a whole submission."),
    "help_template": ("生成某类报告的填报表格。", "Write the workbook to fill in for a kind of report."),
    "help_refusals": (
        "把退回的行写成可更正后重报的表格。",
        "Write the refused rows as a workbook to correct and send again.",
    ),
    "help_kinds": ("列出报告种类。", "List the kinds of report."),
    "help_trace": ("追溯一块电池、一辆车或一个批次。", "Trace a battery, a vehicle or a lot."),
    "help_scrapping_check": ("接收报废车前核对电池。", "Before accepting a wreck: which batteries must be on it."),
    "help_findings": ("列出发现。", "List findings."),
    "help_duties": ("列出待办义务。", "List duties."),
    "help_documents": ("生成文书和凭证。", "Print documents and vouchers."),
    "help_incomplete_vehicle": (
        "生成报废车辆动力电池缺失告知书。",
        "Write the notice that packs are missing on a scrapped vehicle.",
    ),
    "help_voucher": ("生成移交凭证（带二维码）。", "Write the voucher of hand-overs, with its QR symbol."),
    "help_list_documents": ("列出某案件或车辆已制发的文书。", "List the documents issued for a case or a vehicle."),
    "help_forms": ("把自带格式文件复制到文件夹供修改。", "Copy the packaged forms into a folder, to be changed there."),
    "help_coverage": (
        "在用电池中链条完整的比例，按行政区划或责任生产企业。",
        "The share of live batteries whose chain is whole, by division or producer.",
    ),
    "help_producers": (
        "责任生产企业分省账目：投放、回收、出口、未回收。",
        "Accounts of responsible producers by province: put on the market, collected, exported, outstanding.",
    ),
    "help_accounts": ("按月显示企业台账。", "Show the accounts of an enterprise by month."),
    "help_sweep": ("按某日核查逾期义务。", "Make the lapse findings those of a day."),
    "help_rebuild": ("由原始记录重新推导一切并比对。", "Derive everything again from the record and compare."),
    "help_rules": ("列出规则。", "List the rules."),
    "help_show": ("显示一条规则的全文。", "Show the whole text of a rule."),
    "help_stop": ("停止内置数据库。", "Stop the embedded database."),
    "option_coverage_by": ("按行政区划（division）或责任生产企业（producer）。", "Arrange by division or producer."),
    "option_uscc": ("只看这一家责任生产企业。", "Only this responsible producer (USCC)."),
    "option_data": ("内置数据库所在文件夹。", "Folder of the embedded database."),
    "option_json": ("标准输出只给出一个 JSON。", "Print exactly one JSON document."),
    "option_verbose": ("把运行日志写到屏幕。", "Write the log to the screen instead of the log file."),
    "option_as": ("报送单位的统一社会信用代码。", "Credit code (USCC) of the participant that submits."),
    "option_dry_run": ("只试不存。", "Try everything and record nothing."),
    "option_wait": (
        "等到研判（judged）或封存（sealed）完成。",
        "Wait until this is judged, or sealed too: judged, sealed.",
    ),
    "option_received_at": (
        "接收时间（仅历史数据库），如 {example}。",
        "Moment of receipt (historical databases only), like {example}.",
    ),
    "option_historical": (
        "用于装载历史数据：可指定接收时间。",
        "For loading the past: the moment of receipt may be given.",
    ),
    "option_reason": ("撤回原因。", "Why it is withdrawn."),
    "option_output": ("写入的文件。", "File to write."),
    "option_as_of": ("截至该日（含）。", "As of the end of this day."),
    "option_found": (
        "车上发现的电池编码，以空格分隔，可为空。",
        "Battery codes found, separated by blanks; may be empty.",
    ),
    "option_rule": ("仅此规则。", "Only of this rule."),
    "option_weight": ("仅此程度。", "Only of this weight."),
    "option_subject": ("仅此电池、车辆或批次。", "Only about this battery, vehicle or lot."),
    "option_party": ("仅针对该单位。", "Only held against this party."),
    "option_participant": ("仅该单位的义务。", "Only duties of this participant."),
    "option_overdue_on": ("仅列在该日之前到期而未了结的。", "Only open ones that were due before this day."),
    "option_month": ("月份，如 2026-05。", "Month, like 2026-05."),
    "option_year": ("年份：逐月列出。", "Year: each of its months."),
    "option_site": ("仅此场所。", "Only of this site."),
    "option_behind": (
        "某项目（如 battery）的流量由哪些电池、批次、报告构成。",
        "Which batteries, lots and reports stand behind a flow of this item, like battery.",
    ),
    "option_flow": ("与 --behind 同用的流向，如 fed。", "The flow that --behind asks about, like fed."),
    "option_operator": ("为平台运营方发放。", "For the operator."),
    "option_markdown": ("输出参考文档的 Markdown。", "Print the reference page in Markdown."),
    "option_host": ("监听地址。", "Address to listen on."),
    "option_port": ("监听端口。", "Port to listen on."),
    "option_workers": ("HTTP 进程数。", "How many HTTP processes."),
    # usage
    "usage_see_help": ("运行“{command} --help”查看用法。", 'See "{command} --help".'),
    "usage_unknown_command": ("没有命令“{value}”。", 'There is no command "{value}".'),
    "usage_did_you_mean": ("是否想输入“{near}”？", 'Did you mean "{near}"?'),
    "usage_unknown_option": ("没有选项“{value}”。", 'There is no option "{value}".'),
    "usage_missing": ("缺少 {name}。", "{name} is missing."),
    "usage_value": (
        "{name} 的值“{value}”不能用。需要：{wanted}。",
        '{name}: "{value}" cannot be used. Wanted: {wanted}.',
    ),
    "usage_repeated": ("{name} 只能给一次。", "{name} may be given only once."),
    "usage_surplus": ("多余的内容：{value}。", "What is this: {value}? There is no place for it."),
    "usage_other": ("命令用法有误：{said}", "{said}"),
    "wanted_month": ("月份，如 2026-04", "a month like 2026-04"),
    "wanted_year": ("1900 至 2099 的年份", "a year from 1900 to 2099"),
    "accounts_month_or_year": ("--month 与 --year 只能给出一个。", "Give --month or --year, not both."),
    "accounts_behind_needs": (
        "查询流量明细须同时给出 --behind 项目、--flow 流向和 --month 月份，且不带其他条件。",
        "Who stands behind a flow: give --behind ITEM, --flow FLOW and --month MONTH, and nothing else.",
    ),
    "wanted_date": ("日期，如 2026-04-01", "a day like 2026-04-01"),
    "wanted_integer": ("整数", "a whole number"),
    "wanted_one_of": ("{choices} 之一", "one of {choices}"),
    "wanted_other": ("合适的值", "another value"),
    "wanted_moment": (
        "带时区的时间，如 2026-05-01T10:00:00+08:00",
        "a moment with its offset, like 2026-05-01T10:00:00+08:00",
    ),
    "wanted_ending": ("以 {ending} 结尾的文件名", "a file name that ends in {ending}"),
    "wanted_submission": ("回执上的报送编号，如 s-000000000042", "the number on the receipt, like s-000000000042"),
    "wanted_rule": ("规则名称；清单见“suyuan rules”", 'the name of a rule; "suyuan rules" lists them'),
    "wanted_kind": ("报告种类；清单见“suyuan kinds”", 'a kind of report; "suyuan kinds" lists them'),
    "wanted_topic": (
        "登记类别：participants、sites、licences、filings、models、outlets、agents、authorities、officers 之一",
        "a topic: participants, sites, licences, filings, models, outlets, agents, authorities or officers",
    ),
    "wanted_wait": ("judged 或 sealed", "judged or sealed"),
    "wanted_workers": ("1 以上的整数", "a whole number from 1"),
    "wanted_port": ("1 至 65535 的端口号", "a port from 1 to 65535"),
    "wanted_reason": ("1 至 200 个字的原因", "a reason of 1 to 200 characters"),
    "token_for_one": (
        "请给出一个统一社会信用代码，或 --operator，或 --officer 编号，三者择一。",
        "Give a credit code, or --operator, or --officer NUMBER; one of the three.",
    ),
    # cannot
    "no_database": (
        "{folder} 中还没有数据库。请先运行“suyuan init”，或用 --data 指定其他文件夹。",
        'There is no database in {folder} yet. Run "suyuan init" first, or name another folder with --data.',
    ),
    "not_ours_to_stop": (
        "SUYUAN_DATABASE_URL 指定的数据库不由本程序启动，不能由它停止。",
        "The database that SUYUAN_DATABASE_URL names was not started by this program and is not stopped by it.",
    ),
    "file_trouble": ("{file}：{reason}。请检查路径和权限。", "{file}: {reason}. Check the path and who may use it."),
    "port_taken": (
        "{host} 的端口 {port} 已被占用或不可用：{reason}。请用 --port 另选。",
        "Port {port} on {host} cannot be used: {reason}. Choose another with --port.",
    ),
    "server_failed": (
        "服务未能启动或异常结束。请查看上面的输出。",
        "The server did not start, or broke off. See what it said above.",
    ),
    "database_trouble": (
        "数据库出错：{reason}。已记录的内容不受影响；请检查数据库后重试。",
        "The database says: {reason}. What was recorded stays; check the database and try again.",
    ),
    "interrupted": (
        "已中断。已记录的内容保留；再次执行同一命令即可继续。",
        "Interrupted. What was recorded stays; run the same again to go on.",
    ),
    "unexpected": (
        "程序内部出错（{error}）。详情在 {log}，请交给系统维护人员。",
        "Something unexpected happened ({error}). The details are in {log}; hand them to whoever runs Suyuan.",
    ),
    # progress
    "doing_start": ("启动数据库", "Starting the database"),
    "doing_receive": ("接收", "Receiving"),
    "doing_record": ("记录", "Recording"),
    "doing_judge": ("研判", "Judging"),
    "doing_sweep": ("核查", "Sweeping"),
    "doing_rebuild": ("重建", "Rebuilding"),
    # database
    "init_done": ("数据库已就绪：{where}", "The database is ready: {where}"),
    "init_historical": (
        "历史数据库：报送时可用 --received-at 指定接收时间。",
        "It loads the past: --received-at may say when something was received.",
    ),
    "init_next": ("下一步：suyuan participants import FILE.csv", "Next: suyuan participants import FILE.csv"),
    "migrate_done": ("已执行：{files}", "Applied: {files}"),
    "migrate_nothing": ("数据库已是最新结构。", "The database already has the schema of this program."),
    "stopped": ("内置数据库已停止。", "The embedded database is stopped."),
    "stopped_nothing": ("内置数据库没有在运行。", "The embedded database was not running."),
    "swept": (
        "{day}：新增逾期 {lapsed} 项，撤销 {taken_back} 项。",
        "{day}: {lapsed} findings of lapsed duties came, {taken_back} were taken back.",
    ),
    "rebuilt": ("已由 {reports} 份报告重建。", "Rebuilt from {reports} reports."),
    "rebuilt_identical": ("结果与现有数据完全一致。", "Everything is identical to what stood there."),
    "rebuilt_differs": (
        "与现有数据不一致，已更正：{tables}",
        "It differed from what stood there and was put right: {tables}",
    ),
    # documents
    "document_numbered": ("文号：{number}", "Its number is {number}."),
    "document_again": ("此前已制发，文号：{number}", "It was issued before under {number}; the same text was printed."),
    "document_doubt": ("请核对：{doubt}", "Check before signing: {doubt}"),
    "forms_copied": (
        "已复制 {count} 个文件到 {folder}。修改后用 SUYUAN_FORMS 指定该文件夹。",
        "{count} files were copied to {folder}. Change them, then name the folder in SUYUAN_FORMS.",
    ),
    "head_number": ("文号", "number"),
    "head_dated": ("日期", "dated"),
    "head_by": ("操作人", "by"),
    # participants
    "register_done": (
        "{total} 条记录：新增 {added}，更改 {changed}，未变 {unchanged}。",
        "{total} entries: {added} new, {changed} changed, {unchanged} unchanged.",
    ),
    "register_empty": ("没有登记。", "Nothing is registered."),
    "register_no_history": (
        "登记册中没有这个单位或编号的记录。",
        "The register never said anything under this code or key.",
    ),
    "register_added": ("新增", "added"),
    "register_changed": ("更改", "changed"),
    "register_withdrawn": ("误录撤销", "recorded in error"),
    "register_pending": (
        "{count} 个主体待重新研判；由 suyuan work（或 serve）完成。",
        "{count} subjects are to be judged again; suyuan work (or serve) does that.",
    ),
    "register_refused": (
        "{count} 行有误，未导入任何内容。请更正后重新导入整个文件。",
        "{count} rows are wrong, so nothing was imported. Correct them and import the whole file again.",
    ),
    "token_revoked": ("已撤销 {count} 个令牌。", "{count} tokens no longer hold."),
    "token_once": ("令牌只显示这一次，请妥善保管：", "The token is shown only this once; keep it safe:"),
    # submissions
    "submission_head": ("报送 {name}，接收于 {at}", "Submission {name}, received {at}"),
    "dry_run_head": ("试报送：未记录任何内容", "Dry run: nothing was recorded"),
    "submission_counts": (
        "接收 {accepted} · 重复 {duplicate} · 退回 {rejected}",
        "accepted {accepted} · duplicate {duplicate} · refused {rejected}",
    ),
    "submission_judged": ("已研判。", "Judged."),
    "submission_not_judged": (
        "尚未研判：由 suyuan work（或 serve）完成；也可加 --wait judged 在此等待。",
        "Not judged yet: suyuan work (or serve) does that; with --wait judged this command waits for it.",
    ),
    "submission_repeats": ("重复的行首次见于 {name}。", "The duplicate rows first came with {name}."),
    "refused_rows": ("退回的行", "Refused rows"),
    "row_notices": ("提示", "Notices"),
    "more_rows": ("另有 {count} 行未列出。", "{count} more rows are not listed."),
    "more_json": ("另有 {count} 项未列出；--json 给出全部。", "{count} more are not listed; --json gives all."),
    "correct_and_resend": (
        "更正退回的行：suyuan refusals {name} -o refusals.xlsx，改好后直接报送。",
        "To correct the refused rows: suyuan refusals {name} -o refusals.xlsx, and submit that workbook.",
    ),
    "wrote_file": ("已写入 {file}。", "Wrote {file}."),
    "wrote_refusals": ("已把退回的 {count} 行写入 {file}。", "Wrote {count} refused rows to {file}."),
    "no_refusals": ("{name} 没有退回的行；未写文件。", "No row of {name} was refused; no file was written."),
    # looking
    "identity": ("身份", "Identity"),
    "state": ("状态", "State"),
    "timeline": ("时间线", "Timeline"),
    "findings": ("发现", "Findings"),
    "duties": ("义务", "Duties"),
    "no_events": ("没有关于它的报告。", "Nothing was reported about it."),
    "no_findings": ("没有发现。", "No findings."),
    "no_live_packs": ("没有在用电池。", "There is no live pack."),
    "nothing_on_market": ("没有投放市场的电池。", "No pack was put on the market."),
    "total": ("合计", "total"),
    "no_accounts": ("没有可列的流量。", "Nothing was there and nothing moved."),
    "total_mass": ("合计 {kilograms} 千克", "{kilograms} kg in all"),
    "no_duties": ("没有义务。", "No duties."),
    "due_in": ("剩 {count} {unit}", "{count} {unit} left"),
    "due_since": ("逾期 {count} {unit}", "{count} {unit} late"),
    "head_how": ("如何办理", "how"),
    "still_pending": (
        "有新的报告尚未研判，以下为此前的结论。",
        "Newer reports are not judged yet; this is the verdict before them.",
    ),
    "as_of": ("截至 {day}", "as of {day}"),
    "verified": ("已核实", "verified"),
    "unverified": ("未核实", "unverified"),
    "withdrawn": ("已撤回", "withdrawn"),
    "inherited": ("经由 {code}", "through {code}"),
    "provisional": ("暂定", "provisional"),
    "open": ("未了结", "open"),
    "settled": ("已了结", "settled"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "check_whole": ("应有的电池都在。", "Every battery that must be on it was found."),
    "check_unknown": (
        "该车的生产从未报告，不知道应有哪些电池。",
        "The production of this vehicle was never reported, so what must be on it is not known.",
    ),
    "check_swap": ("换电车辆：可以不带电池报废。", "A battery-swap vehicle: it may be scrapped without a battery."),
    "check_neighbours": (
        "{code} 与应有的 {near} 只差一个字符：请再核对标签。",
        "{code} is one character away from {near}, which must be there: read the label again.",
    ),
    # headings
    "head_row": ("行", "row"),
    "head_field": ("字段", "field"),
    "head_value": ("值", "value"),
    "head_what_to_do": ("原因与办法", "what is wrong and what to do"),
    "head_when": ("日期", "when"),
    "head_event": ("事项", "event"),
    "head_who": ("报告单位", "who"),
    "head_content": ("内容", "content"),
    "head_received": ("接收", "received"),
    "head_division": ("行政区划", "division"),
    "head_producer": ("责任生产企业", "responsible producer"),
    "head_province": ("省份", "province"),
    "head_live": ("在用", "live"),
    "head_whole": ("链条完整", "whole"),
    "head_share": ("覆盖率", "coverage"),
    "head_year": ("年份", "year"),
    "head_on_market": ("投放市场", "put on the market"),
    "head_collected": ("回收", "collected"),
    "head_exported": ("出口", "exported"),
    "head_outstanding": ("未回收", "outstanding"),
    "head_weight": ("程度", "weight"),
    "head_rule": ("规则", "rule"),
    "head_title": ("名称", "title"),
    "head_item": ("项目（千克）", "item (kg)"),
    "head_opening": ("期初", "opening"),
    "head_in": ("入", "in"),
    "head_out": ("出", "out"),
    "head_closing": ("期末", "closing"),
    "head_metal": ("金属（千克）", "metal (kg)"),
    "head_fed": ("投入", "fed"),
    "head_recovered": ("产出", "recovered"),
    "head_rate": ("回收率", "rate"),
    "head_norm": ("规范（自愿）", "norm (voluntary)"),
    "head_day": ("日期", "day"),
    "head_site": ("场所", "site"),
    "head_mass": ("质量（千克）", "mass (kg)"),
    "head_subject": ("主体", "subject"),
    "head_party": ("责任方", "party"),
    "head_report": ("报告", "report"),
    "head_basis": ("依据", "basis"),
    "head_duty": ("义务", "duty"),
    "head_due": ("期限", "due"),
    "head_state": ("状态", "state"),
    "head_kind": ("种类", "kind"),
    "head_reporters": ("报告单位", "who reports it"),
    "head_who_said": ("操作者", "who said it"),
    "head_topic": ("类别", "topic"),
    "head_key": ("编号", "key"),
    "head_change": ("变更", "change"),
    "head_count": ("数量", "count"),
    "head_file": ("文件", "file"),
    # labels
    "label_code": ("代码", "code"),
    "label_name": ("名称", "name"),
    "label_roles": ("角色", "roles"),
    "label_division": ("行政区划", "division"),
    "label_status": ("状态", "status"),
    "label_holder": ("持有人", "holder"),
    "label_holders": ("持有人", "holders"),
    "label_vehicle": ("车辆", "vehicle"),
    "label_place": ("地点", "place"),
    "label_parent": ("所在电池", "sits in"),
    "label_parents": ("来源电池", "made from"),
    "label_packs": ("绑定电池", "bound packs"),
    "label_expected": ("应有电池", "expected"),
    "label_found": ("发现电池", "found"),
    "label_missing": ("缺失电池", "missing"),
    "label_strange": ("非本车电池", "strange"),
    "label_responsible_producer": ("责任生产企业", "responsible producer"),
    "label_chain_whole": ("链条完整", "chain whole"),
    "label_manufacturer_code": ("厂商代码", "manufacturer code"),
    "label_level": ("产品类型", "level"),
    "label_battery_type": ("电池类型", "battery type"),
    "label_specification_code": ("规格代码", "specification"),
    "label_traceability_information_code": ("追溯信息代码", "traceability code"),
    "label_produced_on": ("生产日期", "produced on"),
    "label_serial": ("序号", "serial"),
    "label_is_reuse_product": ("再利用产品", "reuse product"),
    "label_check_digit_is_right": ("校验位正确", "check digit right"),
    "label_last_holder": ("最后持有人 {who}，{place}", "last with {who}, {place}"),
    "label_family": ("类别", "family"),
    "label_kinds": ("涉及报告", "looks at"),
    "label_source": ("依据", "source"),
    "label_article": ("条文", "article"),
    "label_in_force_from": ("施行", "in force from"),
    "label_competent_line": ("主管", "competent authority"),
    "label_counts": ("计入", "counts"),
    "label_counts_not": ("不计入", "does not count"),
    "label_remedy": ("如何补救", "what to do"),
    # server
    "serving": ("服务在 {url}（Ctrl-C 结束）", "Serving on {url} (Ctrl-C ends it)"),
    "working": ("正在记录并研判（Ctrl-C 结束）。", "Recording and judging what comes (Ctrl-C ends it)."),
    "work_ended": ("已结束。", "Ended."),
    # cases
    **CASE_WORDS,
    **DEMO_WORDS,
    **EVIDENCE_WORDS,
    **EXPORT_WORDS,
    **FORECAST_WORDS,
    **RULEBOOK_WORDS,
    **SIMULATION_WORDS,
    **BUNDLE_WORDS,
    **LEAD_WORDS,
}
