class AuthProcess:
    LOGIN: str
    CONNECT: str
    REDIRECT: str
