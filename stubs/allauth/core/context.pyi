from django.http import HttpRequest

# Of the request that is being answered; asked outside one, the library says None.
request: HttpRequest
