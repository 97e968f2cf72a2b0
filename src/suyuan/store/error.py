"""What the store says when it cannot do its work."""


class StoreError(Exception):
    """An anticipated trouble with the database, told in English and in Chinese.

    The program's edges (command line, HTTP) show `message` or `message_zh`; nobody is shown a traceback for it.
    """

    def __init__(self, message: str, *, message_zh: str) -> None:
        super().__init__(message)
        self.message = message
        self.message_zh = message_zh
