import os
from playwright.sync_api import sync_playwright
from django.test import Client
from tests.people import sign_in, NOW
from tests.web.test_search import open_case
def cookie(actor):
    c=Client(); sign_in(c,actor); return c.cookies['sessionid'].value
def run(base,cast):
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"
    open_case(cast.wahyuni,'Kinanti Larasati Uji',phone='081234567890',carried_by=cast.ratih.user_id)
    joko,wahyuni,ratih=map(cookie,(cast.joko,cast.wahyuni,cast.ratih))
    logs=[]
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path='/usr/bin/chromium',args=['--no-sandbox'])
        for lang in ('en',):
            for name,(w,h) in {'d':(1366,768),'p':(390,844)}.items():
                ctx=b.new_context(viewport={'width':w,'height':h})
                def as_(s): ctx.clear_cookies(); ctx.add_cookies([{'name':'sessionid','value':s,'url':base},{'name':'rangkul_language','value':lang,'url':base}])
                pg=ctx.new_page(); pg.on('console',lambda m: logs.append(m.text) if m.type in('error','warning') else None); pg.on('pageerror',lambda e: logs.append(str(e)))
                def shot(n,full=False): pg.screenshot(path=f'/tmp/h5/{n}-{lang}-{name}.png',full_page=full)
                ctx.add_cookies([{'name':'rangkul_language','value':lang,'url':base}])
                pg.goto(base+'/akun/login/?idle=1&next=/'); shot('login')
                as_(joko)
                pg.goto(base+'/laporan/baru/'); shot('new0')
                pg.select_option('#id_channel','telepon'); pg.select_option('#id_reporter_kind','tetangga')
                pg.fill('#id_account','Perempuan muda, bekerja di rumah majikan, KTP diambil, tidak boleh keluar. Tadi terdengar menangis')
                pg.wait_for_timeout(400)
                for n,v in (('terkurung','ya'),('tinggal_pelaku','ya'),('senjata','tidak_tahu'),('cekik','tidak')):
                    pg.evaluate(f'document.querySelector("input[name={n}][value={v}]").click()')
                pg.wait_for_timeout(1500); shot('new1'); 
                pg.fill('#id_phone','0812 3456 7890'); pg.wait_for_timeout(1100)
                pg.locator('#id_area_words').press_sequentially('semar',delay=30); pg.wait_for_timeout(700)
                shot('new2',True)
                pg.evaluate('document.querySelector("input[name=area]").click()'); pg.wait_for_timeout(1500)
                shot('new3')
                pg.click('button[value=receive]'); pg.wait_for_load_state(); shot('page')
                n=pg.url
                pg.goto(base+'/laporan/baru/'); pg.fill('#id_age','300'); pg.click('button[value=receive]'); pg.wait_for_load_state(); shot('bad')
                pg.goto(base+'/laporan/'); shot('list')
                as_(wahyuni)
                pg.goto(n+'kasus/'); shot('open',True)
                pg.goto(n+'gabung/'); shot('join')
                pg.goto(base+'/laporan/kontak/'); shot('notices')
                as_(ratih)
                pg.goto(base+'/cari/'); pg.fill('#words','kinanti'); pg.press('#words','Enter'); pg.wait_for_load_state(); shot('search')
                pg.goto(base+'/akun/saya/'); shot('account')
                ctx.close()
        if os.environ.get('SHOT_DEMO'):
            from rangkul.accounts.models import User
            User.objects.filter(pk__lt=9025).update(is_demo=True)
            for w,h,n in ((1366,768,'d'),(390,844,'p')):
                pg=b.new_page(viewport={'width':w,'height':h}); pg.goto(base+'/demo/'); pg.screenshot(path=f'/tmp/h5/demo-id-{n}.png')
        b.close()
    print('LOGS',set(logs))
