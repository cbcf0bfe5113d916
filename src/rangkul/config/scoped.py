"""One request, one transaction, one scope: rendered inside, undone as a whole by a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from rangkul.config import faults
from rangkul.config.machines import BY_TOKEN
from rangkul.foundation import memory
from rangkul.foundation.scope import Scope, set_scope


class ScopedRequest(HttpRequest):
    """A request that runs in a transaction of its own; ``undo`` rolls it back under its answer."""

    undo: bool


class ScopeMiddleware:
    """Opens the transaction, signs the scope, renders inside, rolls back on a fault.

    Machines (``machines.BY_TOKEN``) sign in by token and open their own; pages without an acting
    person touch no secured table and run without a scope, where every secured table raises.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = getattr(request, "actor", None)
        if actor is None or request.path.startswith(BY_TOKEN):
            return self.get_response(request)
        try:
            return self._within(request, Scope.of(actor))
        except DatabaseError as fault:
            # The view was content, and a deferred check of the database was not: at the commit.
            answer = faults.answer(request, fault)
            if answer is None:
                raise
            return answer

    def _within(self, request: HttpRequest, scope: Scope) -> HttpResponseBase:
        with memory.remembering(), transaction.atomic():
            set_scope(scope)
            ours = cast(ScopedRequest, request)
            ours.undo = False
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
            if response.status_code >= 500 or ours.undo:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Word a known fault for the person; the act it stopped is undone."""
        answer = faults.answer(request, fault)
        if answer is not None:
            cast(ScopedRequest, request).undo = True
        return answer
