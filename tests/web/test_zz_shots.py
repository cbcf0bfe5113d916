import threading, os
from copy import deepcopy
import pytest
from tests.people import cast, sign_in, NOW
from tests.web.test_search import open_case
from django.test import Client
pytestmark=pytest.mark.usefixtures("committed_db")
def test_shots(committed_db, cast, settings):
    from rangkul.config.settings import PACKAGE
    t=deepcopy(settings.TEMPLATES); t[0]["DIRS"]=[PACKAGE/"desk/templates"]; settings.TEMPLATES=t
    settings.ALLOWED_HOSTS=["*"]; settings.DEMO=bool(os.environ.get('SHOT_DEMO'))
    if settings.DEMO: settings.ROOT_URLCONF="tests.web.demo_addresses"
    from wsgiref.simple_server import make_server, WSGIServer, WSGIRequestHandler
    from socketserver import ThreadingMixIn
    from django.core.wsgi import get_wsgi_application
    from rangkul.accounts.models import User
    from django.db import connections
    class H(WSGIRequestHandler):
        def log_message(self,*a): pass
    class S(ThreadingMixIn,WSGIServer): daemon_threads=True
    app=get_wsgi_application()
    def wrapped(env,start):
        try:
            r=app(env,start); body=b''.join(r); r.close(); return [body]
        finally:
            for c in connections.all(): c.close()
    srv=make_server('127.0.0.1',0,wrapped,server_class=S,handler_class=H)
    th=threading.Thread(target=srv.serve_forever,daemon=True); th.start()
    base=f'http://127.0.0.1:{srv.server_port}'
    from tests.web import zz_scenario as sc
    import importlib
    try: sc.run(base,cast)
    finally: srv.shutdown()
