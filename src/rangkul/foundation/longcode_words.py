"""The 1,296 plain Indonesian words in which a long code can be said; their order is the code's.

None is sad, rude, of faith, of the body or of violence; none is a letter away from another, nor
two neighbouring letters changed about. A word here never moves: a code that somebody wrote down
is read by its place.
"""

from __future__ import annotations

from typing import Final

_LISTED: Final = """
abjad acar adil adonan ajaib akasia akordeon akrab aksara aktif akuarium akur album alpukat
alunan amfibi amplop anggrek anggur angin angklung angkutan angsa anjungan antena antik antre
anyaman anyelir apel aprikot arah arloji arsip artefak asam asinan astronot atap atlas atlet
aula autobus awal azalea badak bagan bagasi bagus bahagia bahari bahasa baja bajing bakau bakpia
bakso bakul balai balerina balkon balok bandara bandeng bandrek bangau bangun banjo bantu bapao
baris baru basah baskom batas batik bawang bayam bazar bebas bebek becak beda begonia belajar
belalang belanga belerang beludru bendera benih bentuk benua beranda beres berita berkas
berkilau berlian bermain bersih bertani bertemu besar besi betah betul biasa bibit bicara biduan
bihun bijak biji bilah bilangan bimbing bina bingkai bintang biola bisik biskuit blangkon bobot
bohlam bolpoin boneka bonsai bordir botani brokoli brosur buaian budaya budi bugenvil buka bukit
bulan buncis bundar bunga bungkus bunglon bunyi busana busur butir cabai cabang cahaya cakap
cakram camar campur canggih cangkang cangkir cangkul capcai cara catat catur cawan cekatan
cekung celana celemek celengan cemara cempaka cendana cendawan cendol cengkih cerah cerdas
cerdik ceri cermat cermin cerobong cicak cicip cilok cincau cincin cipta citra coklat contoh
corak cuaca cumi daftar dahlia dalam danau dangdut dapur dasar dasi datang dataran daun dawai
dawet daya dedaunan dekat dekorasi delapan denah dengar deret dermaga desa desain detergen
digital dinamo dinding dingin diorama disket dodol dokar dokumen domba dompet donasi donat
dongeng dosen dramawan duduk dugong duku dulang dunia durian duyung edisi ejaan ekonomi elastis
elok email emas ember embun emping empuk enau energi engsel epik esai eskrim estafet etalase
evaluasi fajar fakta faktur fantasi fauna festival figur fiksi filter final fisika flamingo
flanel flora fokus folder fondasi formulir fosil gabungan gadung gagasan gaharu gajah galaksi
galon gambang gambar gambus gamelan ganda gandum ganjil gapura garam garnis garpu garuda gasing
gazebo gelak gelang gelatik gemar gembala gembira genap gendang genggam gentong geografi gerbong
gerimis gerobak getuk giat gigih giling gitar gizi gondola gorden goreng gotong grafik gubuk
gudang gudeg gugus gulali gulung gunting gurame gurih gurun hadiah hadir hafal halte halus
hampar hamparan hamster handuk hangat hari harimau harmoni harpa harum hasil hebat heksagon
helai helm hening herbal hewan hias hidang higienis hijau hilir hinggap hitung hobi honai
horizon hormat hotel hujan hulu huruf ibarat iguana ijuk iklan iklim ikut ilham ilmu impian
indeks induk industri ingat inovasi intan inti irama isian istana isyarat izin jagat jagung jahe
jahit jajanan jalan jambore jambul jamin jamu jangkar jangkrik janji janur jarak jati jawab
jejak jelajah jeli jembatan jemput jenaka jendela jenis jenjang jerami jerapah jerigen jernih
jeruk jinak jingga jitu joget joglo juara jujur jumbo jumlah jumpa jurnal juru kabel kabin kabut
kaca kacamata kacang kagum kaisar kakao kaktus kalender kaleng kambing kamera kamus kancil
kancing kanguru kanopi kantin kantong kantor kanvas kapal kapuk kapulaga karamel karavan karcis
kardus karnaval karpet kartu karya kasir katalog katun kawat kayu kebaya kebun kecapi kecil
kecipir kedai kedelai kedip kejora keju keladi kelapa kelas kelereng keliling kelinci kelola
kelopak kelor kemah kemangi kemarau kembali kembang kemeja kemiri kemuning kenanga kencur
kendali kendi kenyal kenyang keping kepiting keraton kerbau kereta kerikil kerja kerlip kertas
kerucut kerupuk kesan kesturi ketela ketik ketimun ketoprak ketumbar ketupat khas kibar kijang
kilat kilo kimia kincir kipas kismis klakson klarinet klasik kodok koki kokoh kolam kolase
kolektor kolibri komedi komet komik kompas kompor komputer kondisi koneksi konser koper kopling
koral korek kosakata kotak krayon kreasi kreatif krisan kristal kuali kuat kubus kuda kudapan
kukis kukuh kuliah kuliner kulkas kumparan kumpul kunci kuncup kuningan kunjung kunyit kuota
kupon kupu kurma kursi kusen kutilang kutip kutub labirin lacak lada lagu lambai lampion
lampiran lampu lancar landak langit langkah langsat lantai lantang lapang lapangan lapis larik
larut latih lavender layar lega legenda legit legowo lele lemang lemari lembah lembut lemon
lempeng lengkap lengkeng lengkuas lensa lentera lentik lentur lereng lestari lezat libur lidi
lilin limas lincah lingkar lintas lipat listrik liter lobak lobster logat logika logo lokal
lompat loncat lonceng lontar luar lubang lucu luhur lukisan lumbung lumpia lumpur lumut lurus
lusin lutung luwes madu magnet mahir mahkota mahoni main makalah makaroni makmur makna mandiri
mangga manggis mangkuk mangrove manik mantap mantel manuver maraton marga margarin markisa
marmer marmut martabak masa masakan maskot masuk matahari materi mawar mayones mebel medali
media megah meja mekar melati melinjo melodi melon membaca menanam menara mendoan mengkudu
mentari mentega mentimun menu meranti merdeka merdu meriah merica merpati mesin meteor minat
mineral mini miniatur minum minyak misteri mobil moci mode modern mosaik motor mudah mudik
mufakat mujair mulia murbei murid murni musang museum musisi mustika mutiara mutu nabati nakhoda
nama nampan nanas nanti narasi nasihat nasional naskah naungan navigasi nebula nektar nelayan
neon nilai nipah niscaya noken nomor nota novel nuansa nuri nusa nutrisi nyala nyaring nyiur
obor obrolan oktaf olah olahraga ombak oncom opera optik oranye orbit origami orkes orkestra
ornamen oven pacu pacuan padang padat pagar pagi pakaian paket pakis palem pameran pamor pandai
pandu panel pangeran panggung pangsit panjang panjat panorama pantul papan parabola parade
paragraf parasut parkir pastel pasti patin payung pedas pedati peduli pelangi pelepah pelita
pelopor pelukis pemandu pembalap pempek pemuda pena pendaki pendopo pensil pentas penting penuh
penyair penyu pepaya perahu perajin peran periuk perkutut permata permen persegi pertama
perunggu pesawat pesisir pesona pesta petai petang petis petunia piagam piala piano piawai
pigura pikir piknik pilar pilih pindah pinggir pinguin pinjam pintar pinus pipa pipit piring
pisang piyama planet pohon poin pojok pola polos pompa pondok popcorn porselen posisi poster
potret pramuka prasasti prestasi pribadi prisma promosi puas pucuk puding puisi pujangga pulau
pulpen puncak pundi purnama pusat pustaka putik puyuh radio ragam raih rajawali rajin rajut
rakit rakitan rakyat ramah rambu rambutan rancak rancang ransel rantau ranting rapat rapi rapor
rawa rawon rayap rebung refleksi rekan rekreasi remaja rempah rempeyek rencana renovasi renyah
replika resep restoran ribu rimbun rinci rindang ringan ringkas rintik riset risol ritme riwayat
roket rompi rotan roti ruang rubah rukun rumbia rumpun rumus runding rupiah sabar sabun safari
sahabat sahaja sains sajak saji sakelar saksofon salad salaman salju salmon saluran sambal
sambung sambut sampai sampo samudra sandal sandi sanggar sanggup sanjung santan sapa saran
sarapan satai satelit satu satuan satwa saudagar saus savana sawah sawit sawo sayur seberang
sedap sedotan segar segitiga sejarah sejati sejoli sejuk sekoci sekolah sekoteng selada selaras
selat selatan seledri selera selesai semai semangat semangka semarak sembilan semboyan semerbak
semesta seminar sempat sempoa sempurna senang sendok seni seniman senja senter sentosa sentra
senyum sepaham sepakat sepatu sepeda sepuh serambi serangga serasi serba serbet serbuk seruling
serunai serut setapak setengah setir setoran setrika sibuk sigap sikat siku siluet simak simetri
simfoni simpan simulasi sinar sinden sinema singa singgah singkong siput siram sirkuit sirkus
sirop sisir siswa situs skala sketsa skor skuter soda solar solusi songket soto spanduk spidol
spiral spons stabil stadion stasiun stiker stoples studio suaka suasana sudut sukses sulam
suling sumber sumbu sumur sungai super surat susun suvenir syair tabung tabur tahun tajuk taksi
talenta tamasya tambak tampil tanam tangguh tangkas tangram tani tanya taoge tapai tapioka tapir
taplak taruna tata tauco taut teater tebal tebing tebu tegak teguh tekad teknik teko tekukur
tekun tekwan teladan telaga telaten telepon teliti telur teman tembaga tembok tempe tempuh
tengah tengok tentram tepat tepi tepuk tepung teratai terbang termos terumbu terus tikar tiket
timah timbang timbul timur tinggi tingkat tinta tipis tirai titian titik toga tokek tomat topeng
topik tradisi traktor trotoar tugas tugu tujuan tujuh tukang tulip tulus tumbuh tumis tumpeng
tunggal tuntas tuntun tuturan ucap udara ujung ukir ukulele ulet ulos umbi umbul undang unggas
unggul unik unta upacara urai usaha utuh vanila variasi vespa vila vinil violet vitamin voli
waduk wahana wajan wajik waktu walet wangi warisan warna warung wayang wedang wijen wisata
wisuda wortel yakin yayasan yogurt yoyo yuyu zaitun zaman zamrud zebra zodiak
"""

WORDS: Final = tuple(_LISTED.split())
