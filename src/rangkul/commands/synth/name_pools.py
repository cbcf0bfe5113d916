"""The words that invented names are made of.

Pools are common knowledge (given names, clans, birth-order names); no register of persons was used.
"""

from __future__ import annotations

# One word, or its spellings parted by `/`, the commonest first; `_` joins words drawn as one.
POOLS: dict[str, str] = {
    "muslim_first_L": """
        Muhammad/Muhamad/Mohammad/Mohamad/Moh./Muh./M./Mochamad/Mochammad/Mohammed/Mhd.
        Ahmad/Achmad/Akhmad/Ahmat Abdul/Abd. Nur/Noor Syarif/Syarief/Sjarif Achmad_Fauzi
        Zainal/Jaenal Agus Dedi/Dedy Andi Rizki/Rizky/Riski Fajar Ade Hendra Budi Eko Dwi Tri
        Arif/Arief/Arip Yusuf Asep Imam Syaiful/Saiful/Saeful Khairul/Chairul/Khoirul
        Aditya/Adithya/Aditia Rahmat/Rachmat Irfan Ilham Ali Umar Usman/Oesman Hasan Husein/Husain
        Ibrahim Ismail Iskandar Syamsul/Samsul Ridwan/Ridwan Firman Anwar Bambang Fahmi
        Faisal/Faizal Rudi/Rudy Heri/Hery/Herry Deni/Denny
    """,
    "muslim_L": """
        Hidayat/Hidajat Ramadhan/Ramadan Saputra Rizki/Rizky/Riski/Rizqi Setiawan Kurniawan
        Maulana Fauzi/Fauzy Akbar Firmansyah Hakim Rahman/Rachman Ibrahim Arifin Nugraha Gunawan
        Pratama Abdullah/Abdulloh Iskandar Yusuf/Yusup/Jusuf Ismail Syahputra Lubis Wijaya/Widjaja
        Permana Hasan Anwar/Anwar Rahim/Rochim Aziz/Azis Salam Karim Rasyid/Rasjid Latif/Latief
        Ghani/Gani Basri Effendi/Efendi Amin Mustofa/Mustafa Kamal Jamaludin/Jamaluddin/Djamaludin
        Nasution Syarifudin/Syarifuddin/Saripudin Nasrudin/Nasruddin Zulkifli/Dzulkifli
        Fahri/Fachri Alamsyah Huda Ihsan/Ichsan Mubarok/Mubarak Fadli/Fadhli Farhan Hanafi Hamid
        Hamzah/Hamza Haris/Harits Idris Ilyas Iqbal/Ikbal Jafar/Ja'far Junaidi/Djunaidi
        Khalid/Kholid Lukman/Luqman Mahmud Malik Mansur/Mansyur Marwan Muslim Nasir/Natsir Nawawi
        Rasul Ridho/Rido/Ridlo Rosyid Saleh/Soleh Salim Sidik/Siddiq/Sidiq Subhan
        Sulaiman/Sulaeman Syafii/Syafi'i Syukur Tamrin/Thamrin Taufik/Taufiq Umar Usman/Utsman
        Wahid Wahyudi Yahya Zaenal/Zainal Zaki/Dzaki Zulfikar/Dzulfikar Habibi Rofiq/Rafik Baihaqi
        Mukhlis/Muhlis/Muchlis Mukhtar/Muchtar Munir Muzakki Nurdin Syahrul Sahril Qodir/Kadir
        Ghofur
    """,
    "muslim_first_P": """
        Siti/Sitti/St. Nur/Noor Sri Dewi Ayu Putri/Puteri Dwi Tri Ratna Indah Rina Ika Eka
        Fitri/Fitry Nurul Nita Lia Yuli/Juli Ani/Anni Rini Wahyu Dian Intan Annisa/Anisa/Anissa
        Umi Aisyah/Aisah/Aisyah Fatimah/Fatima/Patimah Khadijah/Hadijah Maryam/Mariam Zahra
        Zainab/Zaenab Halimah/Khalimah Aminah Rahma/Rahmah Nadia/Nadya Wulan Mega Tuti/Tutik
        Endang Lilis Euis Neneng Yati Yuyun Imas Ai Eti Desi/Desy Reni/Reny Vina/Fina Novi/Nopi
        Evi/Epi Yeni/Yenny Heni/Henny Leni/Leny Susi/Susy Maya
    """,
    "muslim_P": """
        Aminah Nurhayati Rahmawati/Rachmawati Lestari Handayani Wahyuni Fatimah/Fatima/Patimah
        Aisyah/Aisah Khasanah/Hasanah Hidayah/Hidayah Jannah Azizah/Azizah Maulida
        Safitri/Syafitri Rahayu Ningsih Sari Puspita Anggraini/Anggraeni Wulandari Permatasari
        Kurniawati Fitriani/Fitriany Oktaviani/Oktafiani Yuliana/Juliana Yulianti Novitasari
        Susanti Astuti Hartati Maryati Rohmah/Rahmah Munawaroh/Munawarah Maimunah/Maemunah
        Mariyam/Maryam Zulaikha/Zulaiha/Julaeha Zubaidah/Jubaedah Romlah/Ramlah Rukmini Rusmini
        Salamah Salmah/Salma Sumiati/Sumiyati Suryani/Suriani Ulfah/Ulfa Umairah Wardah Yasmin
        Zahra Zahroh Zakiyah/Zakiah Nisa/Nissa Amelia/Amalia Agustina Apriliani Ariani/Aryani
        Asmawati Badriyah/Badriah Chotimah/Khotimah Darmawati Diana Damayanti Ernawati
        Farida/Faridah Fauziah/Fauziyah/Pauziah Habibah Hafsah/Hafshah Hamidah Hanifah/Hanipah
        Herlina Husna Istiqomah/Istikomah Kamilah Kartika Khairunnisa/Choirunnisa Laila/Layla
        Latifah/Latipah Lutfiah/Luthfiyah Mahmudah Marlina Masitoh/Masyitoh Mardiana Masruroh
        Mufidah Muslimah Nabila/Nabilah Nadhiroh Nafisah/Napisah Nurjanah/Nurjannah
        Nuraini/Nur'aini Nurlaela/Nurlaila Qomariyah/Komariah Rodiah/Rodiyah Rosidah/Rosyidah
        Rosmiati Royani Sakinah Saodah Shofiyah/Sofiah Solihah/Sholihah Suhartini Sukmawati
        Syarifah/Sarifah Tsania Uswatun Widya Yanti Yunita Yusnita Zaskia Halimatusadiah
        Sadiyah/Sa'diyah
    """,
    "nur_tail_P": """
        Hayati Aini/Aeni Jannah/Janah Laila/Laela Hidayah Azizah Asiah/Asiyah Halimah
        Hasanah/Khasanah Aisyah Kholifah Fadilah/Fadhilah/Fadlilah Afifah Baiti Cahyani Lela
        Wahidah Fitri Syamsiah Zakiyah
    """,
    "abdul_tail_L": """
        Rahman/Rachman/Rohman Rahim/Rohim Aziz/Azis Karim Hamid Majid/Madjid Malik Latif Wahid
        Ghani/Gani Halim Hadi Salam Rasyid Kadir/Qodir/Qadir Jabar/Djabar Ghofur/Gafur Haris
        Muis/Mu'iz Rozak/Razak Manan/Mannan Basit Mukti Syukur Samad/Shomad Fatah/Fattah
        Jalil/Djalil Hakim Wahab Khalik/Kholik Basir
    """,
    "jawa_L": """
        Sukarno/Soekarno Suharto/Soeharto Sutrisno/Soetrisno Suparman Sugeng Slamet/Selamet
        Budiono/Boediono Joko/Djoko Bambang Agung Wahyudi Supriyanto/Suprianto Sugiarto
        Suyanto/Sujanto Haryanto/Harjanto Hartono Mulyono/Muljono Purnomo/Poernomo Santoso
        Setiawan Prasetyo/Prasetio Nugroho Wibowo Wicaksono Utomo Susilo/Soesilo Widodo
        Kusuma/Koesoema Cahyono/Tjahjono Subagyo/Subagio Sudarsono/Soedarsono Sumarno Suwarno
        Suwito Suryadi Sunaryo/Sunarjo Sutarjo/Sutardjo Tukiman Tugiman Wagiman Ngatiman
        Sarjono/Sardjono Saptono Raharjo/Rahardjo Rahmadi Pujiono/Pudjiono Pranoto Pamungkas
        Mardiyanto/Mardianto Kuncoro Jatmiko Hermawan Haryono Gunarto Dharma/Darma Darmawan
        Darsono Basuki/Basoeki Ariyanto/Arianto Adi/Hadi Yulianto Yuwono Wiyono Winarto Triyono
        Teguh Tanto Suroso Suroto Supardi Sunarto Sukiman Sujono/Soedjono Subekti Sigit
        Satriyo/Satrio Rusdi Ponidi Ponimin Poniman Paiman Paijo/Paidjo Mujiono Misbah Marsudi
    """,
    "jawa_first_L": """
        Eko Dwi Tri Agus Budi Bambang Joko/Djoko Heru Adi Wahyu Bagus Bayu Dimas Galih Yoga Aji
        Rudi Sigit Teguh Slamet Sugeng Catur Panji Gilang Danang Anang Cahyo/Tjahjo Kukuh Wisnu
        Yudi/Yudhi Arya/Aria
    """,
    "jawa_P": """
        Wahyuni/Wahjuni Lestari Astuti Handayani Rahayu Ningsih Sulastri Sumarni Suryani Suparti
        Sutini Sumiyati Wulandari Widyawati/Widiawati Hartini Kartini Sukarti Sundari/Soendari
        Susilowati/Soesilowati Purwanti Puspitasari Pujiastuti/Pudjiastuti Pratiwi Prihatin
        Mulyani/Muljani Murni/Moerni Mujiati Miyati Lasmi Kusumawati Kusuma Indrawati Hidayati
        Haryati Harjanti Endah Dyah/Diah Darmi Dewanti Cahyani/Tjahjani Budiarti Ariyani/Ariani
        Anjani Andayani Yuniarti Yulianti Winarsih Winarti Wartini Utami/Oetami Tumini Tukinem
        Tuminah Suwarti Sutarmi Suratmi Supriyati Suprihatin Sunarti Sumini
        Sulistyowati/Sulistiowati Sukinah Sukini Sugiarti Sudarmi Subekti Sriyati
        Setyowati/Setiowati Saminem Rukmini Retnowati Poniyem Parti Paini Painem Nuryati Ngatini
        Ngatinem Mursiti Marsini Maryati Laksmi Kasiyem Juminten Jumiati
    """,
    "jawa_first_P": """
        Sri Dwi Tri Endang Retno Dewi Ratna Rini Yuni/Juni Wahyu Titik Tutik/Tuti Eni/Enny Ani Ayu
        Dyah/Diah Nining Ning Puji/Pudji Siti Sulis Wiwik Yayuk Lilik Ika Anik Indah Heni Eka Dian
        Nanik Umi Maria Rara
    """,
    "sunda_L": """
        Suherman/Soeherman Sutisna Supriatna/Supriyatna Hermawan Kosasih Rohendi Suhendar Sukmana
        Permana Nugraha Sudrajat/Soedradjat Hidayat Gunawan Komarudin Mulyana/Muljana Ruhiyat
        Rukmana Saepudin/Saefudin/Saifudin Sobari Sopandi Sopian/Sofyan/Sofian Suryana Tarmidi
        Wahyudin Wiguna Wiharja/Wihardja Wirahadi Yayan Natawijaya Kartiwa Karna Juanda/Djuanda
        Iskandar Effendi Darmawan Budiman Atmaja/Atmadja Anwar Ahdiat Cahyana Ganda
    """,
    "sunda_first_L": """
        Asep Dadang Ujang/Udjang Cecep/Tjetjep Dede Agus Iwan Yayat Maman Endang Dudung Ade Aep
        Jajang Deden Wawan Yana Tatang Nana Enjang Entis Encep Engkus Oman Rahmat Yanto Uus Usep
        Ucup Iding Eman Didin Aceng Kurnia
    """,
    "sunda_P": """
        Suhaeti Sumarni Rohaeti Rohayati Kurniasih Nurhayati Mulyati Komalasari Kartini
        Juariah/Juwariah Holisoh Hasanah Fatimah Darwati Cahyati Aisyah Sukaesih Suryati Sutarsih
        Rostiana Rosmiati Nuraeni Nengsih Maesaroh Maryani Marlina Lisnawati Karlina Jubaedah Ipah
        Heryati Herawati Gantini Fitriani Dahlia Citraresmi Yuningsih
    """,
    "sunda_first_P": """
        Euis Neneng Lilis Imas Iis Ai Nenden Cucu/Tjutju Teti Titin Tita Yeyet Yoyoh Yuyu Wiwin
        Popon Pipih Oneng Nyai Nani Mimin Lina Kokom Jujun Ika Icih Entin Enok Elis Eem Dedeh
        Cicih Ani Ade Yani Rina Rani Siti
    """,
    "minang_L": """
        Chaniago/Caniago Piliang Koto Tanjung Sikumbang Guci/Gutji Jambak/Djambak Malayu Bodi
        Mandaliko Pitopang
    """,
    "minang_first_L": """
        Afrizal Syafrizal/Safrizal Yulizar/Julizar Zulfahmi Zulhendri Hendri Ferizal Efrizal
        Yusrizal Rinaldi Syahrial/Sahrial Firdaus Erizal Nofrizal Desrizal Amrizal Alfian Ardi
        Jufri Mulyadi Rusli Taufik Nasrul Yarmen Masrizal Busrizal Edison Jonaidi Jhon Novi Rahmad
        Ramli Zainuddin Zulkarnain Bustami Buyung Fikri
    """,
    "minang_first_P": """
        Yusnidar Yulinar Asmidar Nurbaiti Rosmanidar Ernita Yurnalis Desmawati Elvira/Elfira
        Gusnita Irdawati Mardiah Nelwati Netti Nurlis Nurhaida Ramadani Rahmi Rosnida Syamsinar
        Upik Warnida Wirdanis Yenita Yulia Zuraida Zulfa
    """,
    "batak_L": """
        Siregar Nasution Harahap Lubis Simanjuntak/Simandjuntak Sitompul Situmorang Sinaga
        Silalahi Simbolon Sihombing Sibarani Sihotang Sitorus Siahaan Purba Pasaribu
        Panjaitan/Pandjaitan Pane Pakpahan Nainggolan Napitupulu Manurung Manullang Marpaung
        Manalu Lumbantobing/Lumban_Tobing Hutagalung Hutapea Hutabarat Hutasoit Gultom Ginting
        Sembiring Tarigan Karo-Karo/Karokaro Perangin-angin/Peranginangin Damanik Daulay/Daulae
        Batubara Butar-Butar Tambunan Tampubolon Saragih Rajagukguk/Radjagukguk Pardede Hasibuan
        Ritonga Rambe Sagala Samosir Sianturi Aritonang
    """,
    "kristen_first_L": """
        Yohanes/Johanes/Yohannes Petrus Paulus Markus/Marcus Lukas/Lucas Matius/Mateus/Mattheus
        Daniel David/Dafid Samuel Yosef/Yoseph/Josef Stefanus/Stephanus Antonius
        Fransiskus/Franciscus Yakobus/Jakobus Simon Andreas Filipus/Philipus Thomas/Tomas Martinus
        Yulius/Julius Kristian/Christian Robert Hendrik Yonathan/Jonathan Benyamin/Benjamin
        Ferdinand Agustinus Dominggus Elias Gabriel Ignasius/Ignatius Kornelius/Cornelius
        Leonardus Melkianus Nikolaus/Nicolaus Oktovianus Rafael Roberto Silvester Timotius
        Viktor/Victor Wilhelmus Yeremias Zakarias Alfonsus Bernadus Blasius Edmundus Gregorius
    """,
    "kristen_first_P": """
        Maria/Mariya/Marya Kristina/Christina/Cristina Yohana/Johana Martha/Marta
        Elisabet/Elisabeth/Elizabeth Theresia/Teresia Ester/Esther Rut/Ruth Agustina
        Yuliana/Juliana Magdalena Anastasia Katarina/Catharina Veronika/Veronica Monika/Monica
        Margareta/Margaretha Lidia/Lydia Debora/Deborah Natalia Novita Paulina Regina Rosalina
        Sarah/Sara Selviana/Silviana Stefania/Stephania Sofia/Sophia Susana/Susanna Tabita
        Yosefina/Josefina Yustina/Justina Agnes Angelina Antonia Apolonia Bernadeta/Bernadetha
        Cecilia/Sesilia Dorkas Elsa Emiliana Fransiska/Francisca Florentina Gaudensia Hermina
        Imelda Irene Klara/Clara Kornelia/Cornelia Lusia/Lucia Marselina/Marcelina Melania
        Oktaviana Petronela Rosalia Skolastika Ursula Wihelmina
    """,
    "batak_first": """
        Tiur Rotua Tiurma Rosmauli Lamria Duma Hotma Hotman Sahat Poltak Togar Parulian Saut
        Mangasi Maruli Ramot Bonar Binsar Jonggi Jhonson Rumondang Rospita Roida Risma Nurcahaya
        Marsaulina Lasma Kartini Herlina Erlina Dameria Basaria
    """,
    "ntt": """
        Tefa Nahak Bria Klau Seran Berek Bere Mali Taek Manek Lopo Liunokas Selan Tafuli Nenabu
        Benu Kase Nomleni Sonbai Faot Lake Neno Naben Tnunay Kolo Oematan Fallo Bana Tanaem Tasoin
        Djawa/Jawa Ledo Wadu Rihi Hae Lay/Lai Riwu Kore Adoe Bessie Nggili Umbu Rambu Ndapa Landu
        Hina Praing Bili Malo Dapa Bulu Ngongo Wungo Kaka Lete Ate Mone Wula Bora Dangga Deta
        Lamanepa Hayon Tukan Koten Kleden Hurint Maran Fernandez/Fernandes Da_Costa Da_Silva
        Soares Pereira Lein Ola Boro Sura Kedang Wutun Bala Huler Nong Moat Soge Parera Goleng Dua
        Lado Meo Nono Jehadut/Djehadut Jelita Nabit Ganggut Hamat Dagur
    """,
    "maluku": """
        Latuconsina Pattiasina Tuasikal Tuhumury Sahetapy Salampessy Rumahorbo Rumalutur Pelupessy
        Nanlohy Matulessy Manuputty Leiwakabessy Latupono Latumahina Lekatompessy Kainama
        Hehanussa De_Fretes Tomasoa Tutupary Wattimena Wattimury Ririhena Souisa Sopacua Siahaya
        Renyaan Rahanra Ohoiwutun Letsoin Lethulur Kelmaskosu Fadirsyair Batlayeri Balubun Alfons
    """,
    "minahasa": """
        Lumentut Runtuwene Rumampuk Mandagi Mamahit Kawilarang Sompie Tumbelaka Sondakh Pangemanan
        Kaunang Wowor Wenas Walangitan Turangan Tumiwa Tulung Taroreh Supit Sumual Sarundajang
        Rorimpandey Ratulangi Pontoh Polii Palar Montolalu Mokoginta Mantiri Lontoh Langi Lasut
        Kandou Kalalo Kaligis Gerungan Dotulong Dondokambey Assa Warouw Worang Mewengkang Moniaga
    """,
    "papua": """
        Wenda Kogoya/Kogoja Tabuni Murib Telenggen Enumbi Wakerkwa Yikwa/Jikwa Karoba Kossay/Kosay
        Wetipo Huby Asso Itlay Elopere Walilo Lani Wanimbo Gombo Giban Heluka Yoman/Joman Kiwak
        Alua Hisage Matuan Mabel Logo Lokobal Siep Surabut Daby Doga Rumbiak Rumaropen Rumbekwan
        Mandowen Mansnembra Wanma Kafiar Korwa Krey Sroyer Yarangga/Jarangga Womsiwor Ronsumbre
        Bonay Ayomi Ayer Marani Wayoi Imbiri Worabay Mirino Kambuaya Kambu Bless Nauw Howay Momo
        Solossa Sesa Antoh Baru Isir Fatem Gebze Mahuze Kaize Ndiken Balagaize Basik-Basik
        Samkakai Yolmen Kabagaimu Kamiyap Tekege Pigai Pakage Mote Dogopia Goo
    """,
    "dayak": """
        Uluk Lihan Laing Ngau Usat Kuleh Njau/Nyau Bilung Ajang/Adjang Apui Lawai Lenjau Ibau
        Jalong/Djalong Liah Lahang Imang Bith Tingang Bungai Tambun Rangkap Dehen Sawang Bahan
        Runjan Lambung Sahay Nahan Garang Udan Kunum Binti_Ria Nyangun Mihing Salundik Tundan
        Umbing Lampang Silam Ketot Ampung Jelani Bangkan Pangkas Libau Kundi Landau Unggat
        Jugah/Djugah Rentap
    """,
    "banjar": """
        Syahrani/Sahrani Noor Rahmadi Hairani Ramli Jumberi Anang Gusti Norhayati Norhalimah
        Masitah Rusmiati Hamsani Fahrurrazi Fakhruddin/Fahrudin Muhyiddin Ideham Ilmi Syarkawi
        Sarkani Syamsudin Artani Aliansyah Rifani Barkati Arbain Zuhri Jamhari
    """,
    "bugis_L": """
        Daeng Mappatunru Mappanyukki Mattulada Paturusi Patompo Baso Tenri Parenrengi Petta
        Patarai Sose Palaguna Manggabarani Arsyad/Arsjad Amiruddin Baharuddin/Baharudin
        Burhanuddin Hasanuddin/Hasanudin Jamaluddin Kaharuddin/Kaharudin Mappa Rappe Muchtar
        Nurdin Nasaruddin Rahmatullah Rustam Sabri Sahabuddin Syamsuddin/Samsuddin Tahir/Thahir
        Takdir Wahyuddin Zainuddin
    """,
    "bugis_P": """
        Tenriawaru Tenri Tenripada Tenriola Besse Rosdiana Rosmini Nurlia Nurhikmah Nursiah Hasnah
        Hasni Hasmawati Hatija Hartina Ratnawati Rahmatia Ramlah Murni Marwah Mardawiah Kasmawati
        Kartini Jumriah Jumiati Johra Indo Hawa Harlina Halijah Erni Darmawati Daramatasia Bau
        Bunga Asriani Asma Arniati Andriani Saenab Salmawati Samsiar Sitti_Hajar Subaedah Suriani
        Suarni
    """,
    "bali_order": """
        Wayan/Wyn. Made Nyoman/Nym. Ketut/Kt. Putu Kadek/Kdk. Komang Gede/Gde Nengah Luh
        Gusti/Gst.
    """,
    "bali_L": """
        Sudarma Suardana Suartana Sukarta Sukerta Sudiana Sudana Arnawa Arimbawa Artawan Arya
        Astawa Budiasa Budiarta Budiana Darmawan Darma Dana Ariawan Gunawan Jaya/Djaja Kariasa
        Kartika Karma Kerta Mahardika Mahendra Merta Miasa Mudita Mudiana Mustika Ngurah Oka
        Pastika Parwata Pasek Putra Rai Rata Renawa Rudita Saputra Sadia Santika Sedana Semadi
        Subrata Suarjana/Suardjana Suarsana Sugiarta Suka Suparta Supartha Suryawan Suteja/Sutedja
        Swastika Wardana Widana Widiarta Winata Wirawan Wiratama Wirya Yasa Yoga Yudana Yudiana
        Adnyana/Adnjana Agung Aditya Ardika Ariana Diatmika Putrawan Antara
    """,
    "bali_P": """
        Ariani Aryani Astiti Ayu_Lestari Ayu_Pratiwi Cahyani Darmayanti Dewi Eka_Sari Kartini
        Kertiasih Lestari Mariani Mertasih Murniati Murtini Ningsih Parwati Puspawati Puspita_Dewi
        Rasmini Ratnadi Rai Rusmini Sari Sayang Sekarini Suarni Suartini Suastini Sudarmi Sudiani
        Sudiarti Sugiantari Sukarni Sukerti Sukraeni Sulastri Sulasih Sumerti Suparmi Suparwati
        Suryani Sutarini Suwitri Trisna_Dewi Utami Warsiki Widiantari Widiasih Wiratni Yanti
        Yuliani Yuniari Yuni_Astuti Artini Asih
    """,
    "sasak": """
        Sahnan Amaq Inaq Mahsun Mahnun Sahdan Saidah Sumerah Murni Mustiarep Muhasim Marzuki
        Jumenah Jumahir Hajar Hilmi Fathul Zohri Zulpan Satriah Rohani Rusnah Sahrah Selamet
        Suhirman Sukarman Supardi Tohri Wirasentane Wiredarme Wirajaye Turmuzi
    """,
    "tionghoa_clan": """
        Tan Lim/Liem Oei/Oey/Wie Lie/Li/Lee Ong Tjia/Cia Tjoa/Coa The Kwee Sie Gouw Njoo/Nyoo
        Thio/Tio Tjan/Can Tjong/Cong Ang Goh/Go Kho/Khouw Lauw Liauw Phang Pouw Siauw Tjen/Cen
        Wong/Wang Yap/Jap Yong/Jong Bong Chin/Tjin Fong Ho Hsu Lay Ng Teng
    """,
    "tionghoa_given": """
        Siok_Hwa Mei_Lan Mei_Ling Kim_Lian Giok_Lan Swie_Lan Hok_Lay Sioe_Tjien Kiem_Nio Bun_Liong
        Tjin_Hok Sin_Kiong Khoen_Hian Eng_Hwa Lian_Nio Hong_Kie Kian_Gie Tek_Liong Kok_Kiong
        Ai_Ling Fang_Fang Hui_Min Jun_Wei Li_Hua Su_Fen Xiao_Mei
    """,
    "tionghoa_family": """
        Wijaya/Widjaja Gunawan Halim/Salim Hartono Tanujaya/Tanudjaja Sutanto/Susanto Setiawan
        Santoso Kurniawan/Kurnia Limanto Wibowo Tanoto Kusuma/Koesoema Lesmana Budiman Darmawan
        Suryadi/Surjadi Hidayat Chandra/Candra Sanjaya/Sandjaja Angkasa Winata Ongko Onggo
        Oentoro/Untoro Wangsa Wiryawan Tedja/Teja Tjandra Tjokro/Cokro Sugianto Sidharta/Sidarta
        Saputra Rusli
    """,
    "tionghoa_first": """
        Hendra Handoko Felicia/Felisia Jessica/Jesika Michelle Kevin Steven/Stefen Stevani
        Vincent/Vinsent Yenny/Jenny Lily Linda Meliana Meilani/Meylani Melissa Monica/Monika
        Nathania/Natania Olivia/Olifia Ricky/Riki Rudy Selvi/Selfi Sherly/Serli Silvia Sonya/Sonia
        Stella Suryanto Susan Tommy/Tomi Valencia/Valensia Vivian/Fifian Vivi/Fifi Willy/Wili
        William Winnie Yohan/Johan
    """,
    "aceh_L": """
        Ibrahim Ismail Yusuf Hasballah Zulfikar Mukhlis/Muchlis Marzuki Mahdi Maimun Nurdin Ridwan
        Safwan Saiful/Syaiful Sofyan/Sofian Sulaiman Syahrul Syukri Taufik/Taufiq Usman Yahya
        Zainal Zakaria Zulkarnaini Fauzan Fadhil/Fadil Iskandar Jamal Munzir
    """,
    "aceh_P": """
        Cut_Ida Cut_Rahma Cut_Intan Nuraini Nurhayati Nurlela Marlina Mariana Maulidar
        Mutia/Meutia Rahmah Rosmiati Rosnawati Ruhamah Safrida Salmiati Sakdiah/Sa'diah Suryani
        Ti_Aminah Yusniar Yuliana Yusra Zahara Zuraida/Zuraidah Fitriani Fauziah Hafnidar Husna
    """,
    "melayu_L": """
        Syahrial Ramli Rusli Ridwan Zulkifli Zainuddin Zamri Yusri Wan_Ahmad Tarmizi Syafrizal
        Samsudin Said/Sayid Rozali Razali/Rajali Nasrun Muslim Mazlan Mansur/Mansyur
        Kamarudin/Komarudin Jamil Jalaluddin/Djalaludin Idris Hasnan Hamdan Fadli Darwis Burhan
        Azhar
    """,
    "melayu_P": """
        Zubaidah Zaleha/Zulaiha Zainab Yusnidar Suraya Sarimah Salbiah Rosnah Rohana Robiah/Rabiah
        Rahimah Normah/Nurmah Norliza Norhayati/Nurhayati Noraini/Nuraini Maznah Maimunah Mahani
        Latifah Kamariah/Komariah Juliana Jamilah/Djamilah Hasnah Faridah
    """,
    "madura_L": """
        Moh._Hasan Sahri Sahrul Sunarto Sumarto Suli Satrawi Samsuri Rasidi Nawari Muzammil
        Mattasan Matrawi Marsuki Buhari Bahri Amsari Ach._Zaini
    """,
    "madura_P": """
        Sulaiha Suhartatik Suhairiyah Sitti_Aisyah Satuni Sahriyah Rumaniyah Nurul Musrifah
        Munawwaroh Misnati Maryamah Kutsiyah Juhairiyah Hosniyah Homsiyah Hamideh Buniyah
    """,
    "modern_L": """
        Fajar Rangga Reza/Reja Rafi/Rafli Raka Rama Rendi/Rendy Revan/Refan Rio Satria/Satrya
        Surya/Suria Yoga Vino/Fino Alif Alfarizi Alvin/Alfin Andika/Andhika Angga Arga Aldi/Aldy
        Bagas Bima Dafa/Daffa Dimas Dika/Dicky Evan/Efan Farel/Farrel Galang Gibran Ilham
    """,
    "modern_P": """
        Keyla/Kayla Nabila Aulia Aurelia Bunga Cantika Cinta Citra/Tjitra Dinda Elsa Fani/Vani
        Gita Intan Jihan/Jihan Kirana Laras Melati Mutiara Nadine Nayla/Naila Salsabila/Salsabilla
        Sekar Shinta/Sinta Syifa/Sifa Talita Tiara Vania/Fania Zaskia Zivana Regita Raisa
    """,
}

# Every front with every back gives one word.
COMPOUNDS: dict[str, tuple[str, str]] = {
    "jawa_compound_L": (
        """
        Su Har Wi Pur Sas Mar Dar Kar Pra Mul Joyo Nata Tirto Karto Wiryo Mangun Sastro Rekso
        Singo Gito
        """,
        """
        wanto yanto giyanto narto diyono miharjo wijoyo kusumo prawiro diharjo suwito utomo
        wardoyo pranoto
        """,
    ),
    "jawa_compound_P": (
        """
        Su Sri Har Wi Ret Pur Mar Dar Kar Tri Yuli Budi Ratna Endah Kusuma Nur Widia Indri Setya
        Puspa
        """,
        """
        wati ningsih yati ningrum ningtyas yani asih astuti rini hastuti sari narsih yanti lestari
        """,
    ),
}
