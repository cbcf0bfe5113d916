import threading, os
from wsgiref.simple_server import make_server, WSGIServer, WSGIRequestHandler
from socketserver import ThreadingMixIn
import pytest
from tests.web.files import CALM, number_of, open_file, signed_in
from tests.domain.cases.books import HEAD, ROW, workbook
from django.core.files.uploadedfile import SimpleUploadedFile
pytestmark=[pytest.mark.urls("tests.web.case_screens")]
class S(ThreadingMixIn, WSGIServer): daemon_threads=True
class H(WSGIRequestHandler):
    def log_message(self,*a): pass
def test_shots(committed_db, cast):
    from django.core.wsgi import get_wsgi_application
    from playwright.sync_api import sync_playwright
    app=get_wsgi_application()
    srv=make_server("127.0.0.1",0,app,S,H); port=srv.server_port
    threading.Thread(target=srv.serve_forever,daemon=True).start()
    f=open_file(cast.ratih, violence_kinds=("fisik",), languages=("jav",)); n=number_of(f)
    c=signed_in(cast.ratih); w=signed_in(cast.wahyuni)
    here=f"/kasus/{n}"
    T={"h_privat":"ya","h_aman":"ya","h_setuju":"ya","h_sumber":"penyintas","usia":"dewasa","proses":["perekrutan","pengangkutan"],"c_tipu":"ya","c_dokumen":"agen","t_bentuk":["kerja_paksa"],"t_tolak":"tidak","lintas":"dalam","c_sekap":"ya"}
    c.post(f"{here}/asesmen/rk02_tppo/",T)
    r=c.post(f"{here}/asesmen/rk01_triase/",CALM|{"senjata":"ya","kontak_aman":"WhatsApp sore","nilai_petugas":"sedang","alasan_nilai":"Sudah pindah"})
    read=r["Location"]
    c.post(f"{here}/dokumen/",{"file":SimpleUploadedFile("kontrak kerja.pdf",b"%PDF-1.7 x"*300)})
    rows=[HEAD,ROW,["Anggrek Lestiani","3374","0813 9999 8888","P","fisk","",""],["Kenanga Wiratmi","3374016403980001","","P","psikis","24/03/1998",""],["Bakung Ujiwati","","","L","seksual","1 Jan 1990","Ditemani kakak"]]
    open("/tmp/daftar.xlsx","wb").write(workbook(rows))
    os.makedirs("/tmp/shots",exist_ok=True)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
    pages={"list":(c,f"{here}/asesmen/"),"rk01":(c,f"{here}/asesmen/rk01_triase/"),"rk02":(c,f"{here}/asesmen/rk02_tppo/"),"read":(c,read),"course":(w,f"{here}/perjalanan/"),"cover":(w,f"{here}/perjalanan/sampul/"),"close":(w,f"{here}/perjalanan/tutup/"),"comp":(w,f"{here}/perjalanan/pendamping/"),"tim":(w,f"{here}/perjalanan/tim/?cari=uji"),"same":(w,f"{here}/perjalanan/orang-sama/"),"docs":(c,f"{here}/dokumen/"),"import":(w,"/impor/")}
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
        for size,(wd,ht) in {"desk":(1366,768),"phone":(390,844)}.items():
          for name,(cl,url) in pages.items():
            ctx=b.new_context(viewport={"width":wd,"height":ht}); 
            ctx.add_cookies([{"name":k,"value":m.value,"url":f"http://127.0.0.1:{port}"} for k,m in cl.cookies.items() if k!="rangkul_language"])
            pg=ctx.new_page(); errs=[]
            pg.on("console",lambda m: errs.append(m.text) if m.type=="error" else None); pg.on("pageerror",lambda e: errs.append(str(e)))
            pg.goto(f"http://127.0.0.1:{port}{url}")
            if name=="rk02" and size=="desk":
                pg.screenshot(path="/tmp/shots/desk-rk02-0.png")
                for g in ("h_privat","h_aman","h_setuju"):
                    pg.locator(f"#q-{g}-ya").check(force=True); pg.wait_for_timeout(500)
                pg.locator("#q-f_gaji-ya").check(force=True); pg.wait_for_timeout(600)
                print("b shown", pg.locator("#q-f_gaji_b input[type=radio]").count())
                pg.wait_for_timeout(1200); print("autosave:", pg.locator("[data-autosave-status]").inner_text())
            if name=="rk01" and size=="desk":
                pg.locator("#q-cekik-ya").check(force=True); pg.wait_for_timeout(700)
            if name=="import":
                pg.screenshot(path=f"/tmp/shots/{size}-import1.png",full_page=True)
                pg.set_input_files("#i-file","/tmp/daftar.xlsx"); pg.locator("#import-form button").click(); pg.wait_for_load_state()
                pg.screenshot(path=f"/tmp/shots/{size}-import2.png",full_page=True)
                pg.locator("#columns-form button[type=submit]").click(); pg.wait_for_load_state()
                pg.screenshot(path=f"/tmp/shots/{size}-import3.png",full_page=True)
                if size=="desk":
                    pg.locator("#preview-form button.btn-primary").click(); pg.wait_for_load_state(); pg.wait_for_timeout(500)
                    pg.screenshot(path=f"/tmp/shots/{size}-import4.png",full_page=True)
            else: pg.screenshot(path=f"/tmp/shots/{size}-{name}.png",full_page=True)
            over=pg.evaluate("document.documentElement.scrollWidth>document.documentElement.clientWidth")
            print(size,name,"OVERFLOW" if over else "", errs[:3]); ctx.close()
        b.close()
    srv.shutdown()
