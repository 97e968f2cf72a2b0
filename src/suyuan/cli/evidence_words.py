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
    "wrote_witness_key": (
        "私钥已写入 {file}，请妥善保管。公钥：\n{public}",
        "The private key is in {file}; keep it well. Its public half:\n{public}",
    ),
    "witness_key_unusable": ("{file} 不能用作见证方密钥：{reason}", "{file} cannot serve as a witness's key: {reason}"),
    "witness_without_log": (
        "请用 --log 给出至少一个日志的信任文件（suyuan log trust -o FILE）。",
        "Name the trust file of at least one log with --log (suyuan log trust -o FILE).",
    ),
    "key_exists": (
        "{file} 已存在；不会覆盖私钥。请另选文件名。",
        "{file} exists; a key is never written over. Choose another name.",
    ),
    "trust_unusable": ("信任文件无法使用：{reason}", "The trust file cannot be used: {reason}"),
}
