"""One request, one transaction, one scope: rendered inside, undone as a whole by a fault."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from rangkul.config import faults
from rangkul.foundation import memory
from rangkul.foundation.scope import Scope, set_scope


class ScopeMiddleware:
    """Opens the transaction, signs the scope, renders inside, rolls back on a fault.

    ``/api/`` signs in by token and opens its own; pages without an acting person touch no secured
    table and run without a scope, where every secured table raises.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = getattr(request, "actor", None)
        if actor is None or request.path.startswith("/api/"):
            return self.get_response(request)
        with memory.remembering(), transaction.atomic():
            set_scope(Scope.of(actor))
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
            if response.status_code >= 500 or getattr(response, "undo", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Word a known fault for the person; the act it stopped is undone."""
        answer = faults.answer(request, fault)
        if answer is not None:
            answer.undo = True  # type: ignore[attr-defined]
        return answer
