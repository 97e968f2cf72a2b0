"""What the command line says about receipts and the transparency log, in Chinese and English; part of `cli.words`."""

EVIDENCE_WORDS: dict[str, tuple[str, str]] = {
    "help_receipt": ("取得报送回执文件。", "Write the receipt of a submission to a file."),
    "help_verify": ("核验回执文件。", "Verify a receipt."),
    "help_log": ("存证日志：启用、信任文件、状态。", "The transparency log: open it, its trust file, its state."),
    "help_log_open": (
        "以名称启用存证日志；名称不可更改。",
        "Open the transparency log under a name, which stays for ever.",
    ),
    "help_log_trust": ("写出核验所需的信任文件。", "Write the trust file that verifiers need."),
    "help_log_status": ("显示日志大小、检查点与等待封存的数量。", "Show the log's size, checkpoint, and what waits."),
    "option_row": ("行号（与文件一致）：为该行制作回执。", "Row of the file: a receipt of that row."),
    "option_trust": ("信任文件；省略则用本数据库的。", "Trust file; that of this database if left out."),
    "option_log_name": (
        "日志名称，不含 https:// 的地址，如 platform.example/log。",
        "Name of the log: an address without https://, like platform.example/log.",
    ),
    "option_custodians": (
        "保管人私钥文件，可多次给出；此后密钥变更须两名保管人签署。",
        "Private key file of a custodian, several times; from then on key changes take two of them.",
    ),
    "wrote_receipt": ("回执已写入 {file}。", "The receipt is in {file}."),
    "wrote_trust": (
        "日志 {name} 的信任文件已写入 {file}。请经另外的途径交给核验人。",
        "The trust file of the log {name} is in {file}. Hand it to verifiers by another way than the receipts.",
    ),
    "log_opened": ("日志已启用：{name}", "The log is open: {name}"),
    "log_status": (
        "日志 {origin}：{size} 个叶子，已公布 {published}，等待封存 {waiting}。",
        "Log {origin}: {size} leaves, {published} published, {waiting} waiting to be sealed.",
    ),
    "log_not_open": (
        "日志尚未启用；首次封存时自动启用，或运行 suyuan log open --name 名称。",
        "The log is not open yet; the first seal opens it, or suyuan log open --name NAME.",
    ),
    "help_roles": (
        "建立服务器角色：程序只能向记录中追加（由数据库管理员运行）。",
        "Make the roles of a shared server: the program can only add to the record (run by the server's administrator).",
    ),
    "option_role_name": ("程序登录所用的角色名。", "Name of the role under which the program logs in."),
    "roles_done": (
        "一切归 {owner} 所有（不能登录）；{name} 对 {count} 张记录表只能追加和读取。请设置口令，并在每次 suyuan migrate 后重新运行。",
        "{owner}, which cannot log in, owns all; {name} can only add to {count} tables. Set its password; run this after every migrate.",
    ),
    "not_granted": (
        "当前数据库登录无权这样做（{reason}）。请用管理员登录运行（见 docs/how-to/server-database.md）。",
        "This login may not do that ({reason}). Take the administrator's login (docs/how-to/server-database.md).",
    ),
    "help_personal": (
        "个人信息：查看（留痕）、删除（存证）。",
        "Personal values: show them, which is recorded, and erase them, which is logged.",
    ),
    "help_personal_show": (
        "查看一行的个人信息；查看行为将被记录。",
        "Show the personal values of a row; that is recorded.",
    ),
    "help_personal_erase": (
        "删除一行或整份报送的个人信息及其原始字节；回执仍可核验。",
        "Erase the personal values of a row or a submission, and its raw bytes; receipts still hold.",
    ),
    "option_by": ("操作人，记入日志。", "Who does this; the log keeps it."),
    "option_erasure_reason": (
        "删除原因，永久保留，不得写入个人信息。",
        "Why; kept for ever, so without the value itself.",
    ),
    "option_personal_row": ("行号（与文件一致）。", "Row of the file."),
    "option_erased_row": ("行号；省略则为整份报送。", "Row of the file; the whole submission if left out."),
    "personal_is_kept": ("（不显示，见 suyuan personal show）", "(not shown; suyuan personal show)"),
    "personal_is_erased": ("（已删除）", "(erased)"),
    "personal_shown": ("已记录：{by} 查看了该信息。", "It is recorded that {by} looked at this."),
    "personal_done": (
        "已删除 {name} 的 {count} 项个人信息及原始字节（第 {act_no} 号行为）。数据库备份中的副本请按期销毁。",
        "Erased: {count} personal values of {name}, and its raw bytes (act {act_no}). Copies in backups must go in their time.",
    ),
    "help_witness": ("作为见证方为他人的日志检查点联署。", "Be a witness: cosign the checkpoints of others' logs."),
    "option_witness_key": ("见证方私钥文件。", "File of the witness's private key."),
    "option_witness_new": (
        "生成新私钥，取此名称（如 witness.example）。",
        "Make a new key under this name, like witness.example.",
    ),
    "option_witness_log": (
        "所见证日志的信任文件，可多次给出。",
        "Trust file of a log to witness; may be given several times.",
    ),
    "option_witness_state": ("保存各日志最新检查点的目录。", "Folder in which the last head of each log is kept."),
    "witnessing": (
        "见证方 {public}\n为 {logs} 联署：{url}/add-checkpoint（Ctrl-C 结束）。",
        "Witness {public}\nfor {logs}: {url}/add-checkpoint (Ctrl-C ends it).",
    ),
    "wrote_private_key": (
        "私钥已写入 {file}，请妥善保管。公钥：\n{public}",
        "The private key is in {file}; keep it well. Its public half:\n{public}",
    ),
    "key_unusable": ("密钥 {file} 不能使用：{reason}", "The key {file} cannot be used: {reason}"),
    "witness_without_log": (
        "请用 --log 给出至少一个日志的信任文件（suyuan log trust -o FILE）。",
        "Name the trust file of at least one log with --log (suyuan log trust -o FILE).",
    ),
    "key_exists": (
        "{file} 已存在；不会覆盖私钥。请另选文件名。",
        "{file} exists; a key is never written over. Choose another name.",
    ),
    "help_keys": (
        "存证日志的密钥、保管人与见证方；变更须两人签署。",
        "The log's keys, custodians, witnesses; changes take two persons.",
    ),
    "help_keys_custodian": ("生成保管人私钥。", "Make the private key of a custodian."),
    "help_keys_propose": (
        "起草变更：add、retire、stolen、custodians 或 witnesses。",
        "Write a change for signing: add, retire, stolen, custodians or witnesses.",
    ),
    "help_keys_sign": ("以保管人身份签署变更。", "Sign a change as a custodian."),
    "help_keys_record": ("登记已由两名保管人签署的变更。", "Record a change that two custodians have signed."),
    "help_keys_list": ("显示密钥、保管人与见证方。", "Show keys, custodians and witnesses."),
    "option_algorithm": ("新密钥的算法：ed25519 或 sm2-sm3。", "Algorithm of the new key: ed25519 or sm2-sm3."),
    "option_public": (
        "所指密钥的公钥（base64，见 keys list）。",
        "The key that is meant: its public half in base64, see keys list.",
    ),
    "option_at": (
        "自何时起，如 2026-05-01T10:00:00+08:00；省略则为现在。",
        "From when, like 2026-05-01T10:00:00+08:00; now if left out.",
    ),
    "option_who": (
        "保管人公钥，或见证方公钥@地址；可多次给出。",
        "Public key of a custodian, or KEY@URL of a witness; may be given several times.",
    ),
    "option_quorum": ("回执须有多少见证方联署。", "How many witnesses a receipt needs."),
    "option_stolen": (
        "（witnesses）已被盗的见证方公钥（base64），可多次给出。",
        "With witnesses: public key in base64 of a witness's key that was stolen, several times.",
    ),
    "option_custodian_key": ("保管人私钥文件。", "File of the custodian's private key."),
    "wanted_key_change": (
        "add、retire、stolen、custodians 或 witnesses",
        "add, retire, stolen, custodians or witnesses",
    ),
    "wanted_algorithm": ("ed25519 或 sm2-sm3", "ed25519 or sm2-sm3"),
    "wanted_public": ("一个公钥（见 suyuan keys list）", "a public key (see suyuan keys list)"),
    "public_unusable": ("公钥“{value}”不能使用：{reason}", 'The public key "{value}" cannot be used: {reason}'),
    "wrote_key_change": (
        "变更已写入 {file}，尚未生效。请两名保管人依次运行 suyuan keys sign {file} --key 私钥，再运行 suyuan keys record {file}。",
        (
            "The change is in {file}; nothing has changed yet. Two custodians run suyuan keys sign {file} --key KEY in turn, then "
            "suyuan keys record {file}."
        ),
    ),
    "key_change_unusable": ("{file} 不是密钥变更：{reason}", "{file} is no key change: {reason}"),
    "signed_key_change": ("{name} 已签署 {file}。", "{name} has signed {file}."),
    "keys_of_log": ("日志 {name}", "Log {name}"),
    "key_line": (
        "  {algorithm} {public}  自 {valid_from} 至 {valid_until}  被盗 {stolen_at}",
        "  {algorithm} {public}  from {valid_from} until {valid_until}  stolen {stolen_at}",
    ),
    "custodian_line": ("  保管人 {public}", "  custodian {public}"),
    "witness_line": ("  见证方 {public} {url}", "  witness {public} {url}"),
    "quorum_line": ("  须 {count} 个见证方中的 {quorum} 个", "  {quorum} of {count} witnesses"),
    "option_checkpoint": (
        "外部保存的检查点或回执，可多次给出：日志须仍包含它。",
        "Checkpoint or receipt that somebody else kept, several times: the log must still contain it.",
    ),
    "help_audit": (
        "由原始字节重算记录、日志、状态与合计，并指出不一致之处。",
        "Compute record, log, states and sums again from the raw bytes and name what differs.",
    ),
    "doing_audit": ("审计", "Auditing"),
    "audit_differs": ("{part}：{count} 处不一致。", "{part}: {count} differ."),
    "audit_fault": ("  {where}：现为 {stands}，应为 {counted}。", "  {where}: stands {stands}, counted {counted}."),
    "audit_not_compared": ("{part}：未比对。{reason}", "{part}: not compared. {reason}"),
    "audit_advice_record": (
        "请先查明原因并保存现场。原始记录或日志已被改动，suyuan rebuild 无法修复，只能由备份恢复。",
        "Find out why and keep a copy first. The record or the log was changed: only a backup mends that, no rebuild.",
    ),
    "audit_clean": ("全部一致。", "Everything agrees."),
    "audit_advice": (
        "请先查明原因并保存现场，再运行 suyuan rebuild 由原始记录修复。",
        'Find out why and keep a copy first; then run "suyuan rebuild", which mends it from the record.',
    ),
    "option_only": (
        "只审计所列部分，以逗号分隔，如 record,tile；state 等同重建，须先停止服务。",
        "Only these parts, with commas, such as record,tile; state takes as long as a rebuild, with the server stopped.",
    ),
    "option_resume": ("从上次中断处继续。", "Go on where the last audit broke off."),
    "not_text": (
        "{file} 不是 UTF-8 文本，无法使用。请检查是否选错文件。",
        "{file} is no UTF-8 text and cannot be used. Check that it is the right file.",
    ),
    "witness_key_wrong": (
        "{file} 中是 {algorithm} 密钥，见证须用 cosignature 密钥。请用 suyuan witness --key 文件 --new 名称 生成。",
        "The key in {file} is an {algorithm} key; a witness needs one of its own. Make it with suyuan witness --key FILE --new NAME.",
    ),
    "trust_unusable": ("信任文件无法使用：{reason}", "The trust file cannot be used: {reason}"),
}
