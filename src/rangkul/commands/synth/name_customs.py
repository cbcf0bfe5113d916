"""How each region puts invented names together, where people live, and what files are called."""

from __future__ import annotations

# Weight and pools of each custom, men (L) and women (P). A word in capitals stands
# for itself; `~` writes two as one.
CUSTOMS: dict[str, dict[str, str]] = {
    "jawa": {
        "L": """
            12 jawa_L | 30 jawa_first_L jawa_L | 8 jawa_compound_L
            | 10 jawa_first_L jawa_compound_L | 16 muslim_first_L jawa_L
            | 18 muslim_first_L muslim_L | 7 muslim_first_L muslim_L jawa_L
            | 5 modern_L muslim_L jawa_L | 3 kristen_first_L jawa_first_L jawa_L
            | 2 ABDUL abdul_tail_L | 2 ABDU~abdul_tail_L
        """,
        "P": """
            10 jawa_P | 32 jawa_first_P jawa_P | 7 jawa_compound_P
            | 12 jawa_first_P jawa_compound_P | 14 muslim_first_P muslim_P | 6 muslim_P
            | 7 muslim_first_P muslim_P jawa_P | 5 modern_P muslim_P
            | 4 modern_P jawa_first_P jawa_P | 3 kristen_first_P jawa_first_P jawa_P
            | 3 SITI NUR nur_tail_P | 4 NUR~nur_tail_P | 2 SRI~jawa_P
        """,
    },
    "sunda": {
        "L": """
            10 sunda_L | 34 sunda_first_L sunda_L | 20 muslim_first_L sunda_L
            | 22 muslim_first_L muslim_L | 5 muslim_first_L muslim_L sunda_L
            | 5 modern_L muslim_L | 3 ABDUL abdul_tail_L
        """,
        "P": """
            10 sunda_P | 34 sunda_first_P sunda_P | 18 muslim_first_P sunda_P
            | 18 muslim_first_P muslim_P | 6 modern_P muslim_P
            | 5 muslim_first_P muslim_P sunda_P | 5 NENG sunda_P | 4 NUR~nur_tail_P
        """,
    },
    "muslim": {
        "L": """
            34 muslim_first_L muslim_L | 14 muslim_first_L muslim_first_L muslim_L | 14 melayu_L
            | 10 muslim_first_L melayu_L | 8 ABDUL abdul_tail_L | 4 ABDU~abdul_tail_L
            | 6 modern_L muslim_L | 4 melayu_L BIN muslim_L | 4 muslim_L
            | 3 muslim_first_L muslim_L BIN melayu_L
        """,
        "P": """
            32 muslim_first_P muslim_P | 14 muslim_P | 10 SITI muslim_P | 8 NUR nur_tail_P
            | 6 NUR~nur_tail_P | 10 melayu_P | 6 modern_P muslim_P
            | 6 muslim_first_P muslim_first_P muslim_P | 4 melayu_P BINTI muslim_L
            | 4 muslim_P BINTI melayu_L
        """,
    },
    "aceh": {
        "L": """
            30 aceh_L | 30 muslim_first_L aceh_L | 14 TEUKU aceh_L | 10 muslim_first_L muslim_L
            | 8 T. muslim_first_L aceh_L | 5 aceh_L BIN aceh_L
        """,
        "P": """
            30 aceh_P | 20 CUT aceh_P | 24 muslim_first_P aceh_P | 16 muslim_first_P muslim_P
            | 6 aceh_P BINTI aceh_L
        """,
    },
    "batak": {
        "L": """
            40 kristen_first_L batak_L | 22 batak_first batak_L
            | 14 kristen_first_L batak_first batak_L | 14 muslim_first_L batak_L
            | 8 muslim_first_L muslim_L batak_L
        """,
        "P": """
            40 kristen_first_P batak_L | 24 batak_first batak_L
            | 12 kristen_first_P batak_first batak_L | 14 muslim_first_P batak_L
            | 8 muslim_P batak_L
        """,
    },
    "minang": {
        "L": """
            40 minang_first_L | 24 minang_first_L minang_L | 20 muslim_first_L muslim_L
            | 10 muslim_first_L minang_first_L
        """,
        "P": """
            44 minang_first_P | 16 minang_first_P minang_L | 24 muslim_first_P muslim_P
            | 10 muslim_first_P minang_first_P
        """,
    },
    "bugis": {
        "L": """
            24 bugis_L | 30 muslim_first_L bugis_L | 16 ANDI bugis_L
            | 10 ANDI muslim_first_L muslim_L | 12 muslim_first_L muslim_L
            | 5 bugis_L DAENG muslim_first_L | 4 bugis_L BIN bugis_L
        """,
        "P": """
            30 bugis_P | 22 muslim_first_P bugis_P | 16 ANDI bugis_P
            | 8 ANDI muslim_first_P bugis_P | 14 SITTI muslim_P | 6 bugis_P BINTI bugis_L
        """,
    },
    "banjar": {
        "L": """
            26 muslim_first_L banjar | 20 banjar | 30 muslim_first_L muslim_L
            | 8 ABDUL abdul_tail_L
        """,
        "P": """
            22 muslim_first_P banjar | 20 NOR~nur_tail_P | 30 muslim_first_P muslim_P
            | 14 muslim_P
        """,
    },
    "dayak": {
        "L": """
            30 kristen_first_L dayak | 16 dayak dayak | 12 dayak ANAK dayak
            | 16 kristen_first_L dayak dayak | 8 dayak
        """,
        "P": """
            34 kristen_first_P dayak | 14 dayak dayak | 12 kristen_first_P ANAK dayak
            | 14 kristen_first_P dayak dayak | 6 dayak
        """,
    },
    "bali": {
        "L": """
            44 I bali_order bali_L | 18 bali_order bali_L | 12 I GUSTI bali_order bali_L
            | 9 IDA BAGUS bali_L | 7 I GUSTI NGURAH bali_L | 5 ANAK AGUNG bali_L
            | 3 I DEWA bali_order bali_L | 4 COKORDA bali_L
        """,
        "P": """
            46 NI bali_order bali_P | 14 bali_order bali_P | 10 NI LUH bali_P
            | 10 I GUSTI AYU bali_P | 9 IDA AYU bali_P | 5 ANAK AGUNG bali_P
            | 4 DESAK bali_order bali_P
        """,
    },
    "sasak": {
        "L": """
            28 sasak | 22 LALU sasak | 24 muslim_first_L sasak | 20 muslim_first_L muslim_L
        """,
        "P": """
            28 sasak | 22 BAIQ muslim_P | 20 muslim_first_P sasak | 20 muslim_first_P muslim_P
        """,
    },
    "ntt": {
        "L": """
            52 kristen_first_L ntt | 30 kristen_first_L kristen_first_L ntt | 8 UMBU ntt ntt
            | 6 muslim_first_L ntt
        """,
        "P": """
            50 kristen_first_P ntt | 30 kristen_first_P kristen_first_P ntt | 8 RAMBU ntt ntt
            | 6 muslim_first_P ntt
        """,
    },
    "minahasa": {
        "L": """
            60 kristen_first_L minahasa | 30 kristen_first_L kristen_first_L minahasa
        """,
        "P": """
            60 kristen_first_P minahasa | 30 kristen_first_P kristen_first_P minahasa
        """,
    },
    "maluku": {
        "L": """
            50 kristen_first_L maluku | 20 kristen_first_L kristen_first_L maluku
            | 25 muslim_first_L maluku
        """,
        "P": """
            50 kristen_first_P maluku | 20 kristen_first_P kristen_first_P maluku
            | 25 muslim_first_P maluku
        """,
    },
    "papua": {
        "L": """
            70 kristen_first_L papua | 16 kristen_first_L kristen_first_L papua | 5 papua papua
        """,
        "P": """
            70 kristen_first_P papua | 16 kristen_first_P kristen_first_P papua | 5 papua papua
        """,
    },
    "tionghoa": {
        "L": """
            24 tionghoa_clan tionghoa_given | 40 tionghoa_first tionghoa_family
            | 16 kristen_first_L tionghoa_family | 8 tionghoa_first tionghoa_clan
        """,
        "P": """
            24 tionghoa_clan tionghoa_given | 40 tionghoa_first tionghoa_family
            | 16 kristen_first_P tionghoa_family | 8 tionghoa_first tionghoa_clan
        """,
    },
    "madura": {
        "L": """
            34 madura_L | 24 muslim_first_L madura_L | 26 muslim_first_L muslim_L
            | 8 ABDUL abdul_tail_L
        """,
        "P": """
            40 madura_P | 20 SITI madura_P | 24 muslim_first_P muslim_P | 10 muslim_P
        """,
    },
}

# Who lives where, roughly: code of the province (Ministry of Home Affairs), people in 100,000s,
# and the shares of the customs.
PROVINCES: dict[str, tuple[int, str]] = {
    "11": (54, "80 aceh 15 muslim 5 jawa"),
    "12": (152, "44 batak 30 jawa 18 muslim 6 tionghoa"),
    "13": (57, "88 minang 8 muslim 4 batak"),
    "14": (67, "45 muslim 28 jawa 14 minang 10 batak 3 tionghoa"),
    "15": (37, "60 muslim 30 jawa 8 minang"),
    "16": (87, "60 muslim 34 jawa 4 sunda 2 tionghoa"),
    "17": (21, "65 muslim 25 jawa 10 minang"),
    "18": (93, "62 jawa 26 muslim 10 sunda 2 bali"),
    "19": (15, "75 muslim 12 jawa 13 tionghoa"),
    "21": (22, "45 muslim 24 jawa 14 batak 9 minang 8 tionghoa"),
    "31": (107, "36 jawa 32 muslim 15 sunda 7 tionghoa 5 batak 4 minang"),
    "32": (499, "74 sunda 15 jawa 8 muslim 2 batak 1 tionghoa"),
    "33": (375, "97 jawa 2 sunda 1 tionghoa"),
    "34": (37, "96 jawa 2 sunda 2 tionghoa"),
    "35": (417, "79 jawa 18 madura 2 muslim 1 tionghoa"),
    "36": (124, "50 sunda 24 muslim 18 jawa 5 tionghoa 3 batak"),
    "51": (44, "85 bali 9 jawa 4 muslim 2 sasak"),
    "52": (55, "70 sasak 24 muslim 5 bali"),
    "53": (55, "92 ntt 5 muslim 3 jawa"),
    "61": (56, "36 dayak 36 muslim 10 jawa 9 tionghoa 5 madura 4 bugis"),
    "62": (28, "46 dayak 22 banjar 22 jawa 8 muslim 2 madura"),
    "63": (42, "75 banjar 15 jawa 6 bugis 4 dayak"),
    "64": (40, "30 jawa 22 bugis 16 banjar 16 dayak 14 muslim"),
    "65": (7, "32 jawa 28 bugis 26 dayak 10 muslim 4 banjar"),
    "71": (27, "80 minahasa 16 muslim 3 tionghoa"),
    "72": (31, "45 bugis 25 muslim 12 minahasa 10 jawa 8 bali"),
    "73": (93, "85 bugis 8 muslim 4 jawa 3 ntt"),
    "74": (28, "70 bugis 20 muslim 8 jawa 2 bali"),
    "75": (12, "75 muslim 15 bugis 10 minahasa"),
    "76": (15, "85 bugis 10 muslim 5 ntt"),
    "81": (19, "75 maluku 18 muslim 7 bugis"),
    "82": (14, "50 maluku 42 muslim 8 bugis"),
    "91": (12, "60 papua 15 maluku 12 bugis 13 jawa"),
    "92": (6, "62 papua 16 bugis 12 jawa 10 maluku"),
    "93": (6, "68 papua 14 jawa 12 bugis 6 ntt"),
    "94": (15, "82 papua 8 minahasa 10 bugis"),
    "95": (15, "97 papua 2 minahasa 1 jawa"),
    "96": (7, "76 papua 10 jawa 8 bugis 6 maluku"),
}

# What a file is called instead of a name: plants, birds, stones, weather.
CALL_WORDS = """
    Kenanga Melati Cempaka Kamboja Dahlia Teratai Seroja Flamboyan Anggrek Tanjung Bakung Kemuning
    Mawar Asoka Soka Sedap_Malam Bugenvil Kecubung Kantil Sakura Alamanda Tapak_Dara Wijaya_Kusuma
    Akasia Cendana Jati Mahoni Meranti Ulin Damar Pinus Beringin Trembesi Sengon Randu Waru
    Ketapang Bambu Rotan Lontar Aren Pandan Kelapa Rambutan Manggis Duku Langsat Salak Sawo Jambu
    Kenari Pala Cengkih Lada Kayumanis Serai Jahe Kunyit Kencur Temulawak Selasih Kemangi Merpati
    Kutilang Cendrawasih Maleo Kasuari Jalak Murai Kenari_Kuning Gelatik Perkutut Elang Camar
    Bangau Belibis Punai Merak Nuri Kakatua Rangkong Enggang Walet Srigunting Pelatuk Kepodang
    Cucak Tekukur Puyuh Pipit Prenjak Raja_Udang Burung_Madu Cikrak Intan Mutiara Safir Zamrud
    Delima Pirus Akik Giok Topas Kecubung_Ungu Kristal Kuarsa Opal Marmer Granit Andesit Pualam
    Koral Batu_Apung Embun Gerimis Pelangi Senja Fajar Awan Angin Ombak Muara Telaga Danau Lembah
    Bukit Samudra Teluk Karang Bintang Purnama Sabit Cakrawala Mega Kabut Hujan Salju Sungai
    Pantai Tebing Padang Savana Rimba Hutan
"""
CALL_COLOURS = "Biru Hijau Putih Jingga Ungu Kuning Perak Emas Nila Merah Teduh Pagi Senja Timur"

# Called by another word than one of these, which too many share.
SELDOM_CALLED = """
    Muhammad Muhamad Mohammad Mohamad Mohammed Moh. Muh. M. Mochamad Mochammad Mhd. Abdul Abd.
    Siti Sitti St. Sri Nur Noor I Ni T. Teuku Cut Andi Ida Anak Lalu Baiq Desak Gusti Gst. Cokorda
    Umbu Rambu
"""
