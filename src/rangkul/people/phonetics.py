"""Reads an Indonesian name as it is spoken, so that every way of writing it meets in one key.

Two steps. `readings` turns what somebody typed into words, setting titles, degrees and patronyms
apart; because a title is often also a name (Andi, Cut, Raden), it may return more than one reading.
`phonetic_key` turns one word into its key: the 1947 and 1972 spelling reforms (Edjaan Republik,
Ejaan Yang Disempurnakan) are undone, Arabic, Dutch and Javanese digraphs fall to the sound that is
heard in Indonesia, and what is commonly dropped at the end is dropped.

Nothing here knows a database or a key: strings go in, strings come out.
"""

from __future__ import annotations

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never part of a name, wherever they stand.
_TITLES = _words("""
    bapak bpk bp ibu bu pak sdr sdri saudara saudari tn ny nn tuan nyonya nona
    almarhum almarhumah alm almh mendiang
    h hj haji hajah hajjah hajj kh ky kyai kiai kiyai ustadz ustaz ustad ustazah ustadzah ust ustd
    ustdz tgk tengku teungku tuanku syekh
    prof dr drs dra drg drh ir irs drh hc apt ners
    kombes kompol ipda iptu akp akbp aiptu aipda bripka bripda briptu brigadir letkol kapten serka
    serma sertu serda praka pratu prada kopral
    r rr rd rdn ra rm raj raden roro rngt kr krt krmt kph kanjeng
    pdt pendeta romo suster bruder pastor
""")

# Titles in one region, given names in another: kept as a word, and tried once without.
_TITLES_OR_NAMES = _words("""
    andi cut teuku tk gusti gst mas mbak mbok bang kak kakak dik adik abang om tante mama mak nenek
    kakek habib sayid sayyid syarifah sultan sutan datuk dt sidi bagindo marah lalu baiq tubagus tb
    ratu daeng neng nyi ki kang teh ceu mang uda uni cak ning gus pangeran nyai umi abah
    la we baso besse puang karaeng inang amang opung ompu dewa desak cokorda tjokorda cok
""")

# So often left away or shortened that the name is also known without them.
_LEADING_NAMES = _words("""
    i ni m muhammad muhamad mohammad mohamad mohammed mochammad mochamad muchammad mukhammad
    mohamed muhammed moh muh moch much mhd muhd mohd md siti sitti st
""")

# Stand between a person's own name and the father's.
_PATRONYMS = _words("bin bn binti bt binte bte")

_DEGREES = _words("""
    sh se st sip ssos spd spdi sag skom skep skm ssi shum smn sak sp spt ssn spsi sfarm sst skg sked
    sth sei sei shi ss sik sikom sds spi spk spdk strkes strkeb strkep sgz sars sti stp stt sab sap
    sad shut spn spdsd sthi skes skel sud spsi stat
    mpd mpdi msi mm mkes mh mhum mag mt msc mba ma mkn mkom mak map mpsi mphil mth mmsi mpa mph mei
    mikom mkeb mkep mars msn msos mip mse mds mked mbiomed mfarm mtr
    phd lc bsc ba be ak ca cpa
    amd amdkeb amdkep amkeb amk amf amg akes
    spog spa sppd spb spkj spp spjp spm spkk spdv sptht spot sps span sprad spu
""")

# A degree that is also somebody's name is believed only with its dots or after a comma.
_DEGREES_OR_NAMES = _words("ma ba be ca ak ss map mak sap sei spa span mei stat mars sad sab")

_ABBREVIATIONS = {
    **dict.fromkeys(
        _words("muh moh mhd muhd mohd moch much mokh mukh md mhmd mhmmd mohm muhm mohammd"),
        "muhammad",
    ),
    **dict.fromkeys(_words("ach akh ahm ahmd achm akhm"), "ahmad"),
    **dict.fromkeys(
        _words("abd abdl abdu abdur abdus abdun abduz abdut abdud abdoel"),
        "abdul",
    ),
    **dict.fromkeys(_words("st sti"), "siti"),
    **dict.fromkeys(_words("nor noor noer nr nuur"), "nur"),
    "gst": "gusti",
    "ngr": "ngurah",
    "wyn": "wayan",
    "nym": "nyoman",
    "nyom": "nyoman",
    "kdk": "kadek",
    "kmg": "komang",
    "ktt": "ketut",
    "kt": "ketut",
    "pt": "putu",
    "agg": "agung",
    "agng": "agung",
    "bgs": "bagus",
    "cok": "cokorda",
    "tjok": "cokorda",
    "fx": "fransiskus",
    "yoh": "yohanes",
    "joh": "yohanes",
    "tb": "tubagus",
    "tk": "teuku",
    "dt": "datuk",
    # Church and court names carry Latin or Dutch spelling in more than one place at once.
    "franciscus": "fransiskus",
    "franciskus": "fransiskus",
    "francisca": "fransiska",
    "franciska": "fransiska",
    "fransisca": "fransiska",
    "cecilia": "sesilia",
    "cicilia": "sesilia",
    "sicilia": "sesilia",
    "lucia": "lusia",
    "vincentius": "vinsensius",
    "vincensius": "vinsensius",
    "benedictus": "benediktus",
    "patricia": "patrisia",
    "alicia": "alisia",
    "felicia": "felisia",
    "marcelinus": "marselinus",
    "marcellinus": "marselinus",
    "marcel": "marsel",
    "lawrence": "lorens",
    "laurentius": "laurensius",
    "jacob": "yakob",
    "jacobus": "yakobus",
    "ignacius": "ignasius",
    "ignatius": "ignasius",
}

# One written word that stands for two; some only when written with dots (I.A., not Ia).
_EXPANSIONS = {
    "dayu": ("ida", "ayu"),
    "ib": ("ida", "bagus"),
}
_DOTTED_EXPANSIONS = {
    "ib": ["ida", "bagus"],
    "ia": ["ida", "ayu"],
    "aa": ["anak", "agung"],
    "aag": ["anak", "agung"],
}

_APOSTROPHES = dict.fromkeys(map(ord, "'`´‘’ʻʼʽʾʿ′ˈ\"“”"))
_FOREIGN = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "æ": "ae"})
_NOT_A_WORD = re.compile(r"[^a-z.,]+")


def _plain(name: str) -> str:
    """Lower-case ASCII letters, dots, commas and single spaces; apostrophes close up."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES).lower())
    ascii_only = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", ascii_only.translate(_FOREIGN).translate(_APOSTROPHES)).strip()


def _undot(token: str, *, at_start: bool) -> list[str]:
    """The words of one token: `S.Pd.` is one word, `M.Rizki` two, `M.A.` a degree or initials."""
    pieces = [piece for piece in token.split(".") if piece]
    closed = "".join(pieces)
    if len(pieces) > 1 and closed in _DOTTED_EXPANSIONS:
        return _DOTTED_EXPANSIONS[closed]
    if closed in _TITLES or (closed in _DEGREES and not at_start):
        return [closed]
    return pieces


def _is_degree(word: str, *, certain: bool) -> bool:
    return word in _DEGREES and (certain or word not in _DEGREES_OR_NAMES)


def _without_degrees(words: list[str], *, certain: bool, least: int) -> list[str]:
    """Cut degrees from the end, also those written apart (`S. Pd.`), keeping `least` words."""
    kept = list(words)
    while len(kept) > least:
        apart = len(kept) - 2 >= least and len(kept[-2]) == 1
        if apart and _is_degree(kept[-2] + kept[-1], certain=certain):
            del kept[-2:]
        elif _is_degree(kept[-1], certain=certain):
            kept.pop()
        else:
            break
    return kept


def _spelled(name: str) -> list[str]:
    """The words of a name without its degrees, titles and patronyms still in place."""
    kept: list[str] = []
    for position, chunk in enumerate(_plain(name).split(",")):
        tokens = chunk.split()
        after_comma = position > 0
        words = [
            word
            for place, token in enumerate(tokens)
            for word in _undot(token, at_start=place == 0 and not after_comma)
        ]
        dotted = bool(tokens) and "." in tokens[-1].rstrip(".")
        least = 0 if after_comma else 1
        kept += _without_degrees(words, certain=after_comma or dotted, least=least)
    return [part for word in kept for part in _EXPANSIONS.get(word, (word,))]


def is_title(word: str) -> bool:
    """Whether a word is a form of address, rank or degree and by itself no name in this country.

    `Andi`, `Cut` or `Gusti` answer False: they are names to some and titles to others, and
    `readings` tries them both ways.
    """
    plain = _plain(word).replace(".", "").replace(",", "").replace(" ", "")
    return plain in _TITLES or plain in _DEGREES - _DEGREES_OR_NAMES


def _own_words(words: list[str]) -> list[str]:
    """The words up to the father's name (`Fatimah binti Abdullah` → `Fatimah`)."""
    for position, word in enumerate(words):
        if position and word in _PATRONYMS:
            return words[:position]
    return words


def _without_patronyms(words: list[str]) -> list[str]:
    """Drop bin, binti and `anak` between two names (but `Anak Agung` keeps its first word)."""
    last = len(words) - 1
    return [
        word
        for position, word in enumerate(words)
        if not (0 < position < last and word in _PATRONYMS)
        and not (0 < position < last and word == "anak" and words[position + 1] != "agung")
    ]


def _untitled(words: list[str]) -> list[str]:
    return [word for word in words if word not in _TITLES] or words


def _without_leading(words: list[str]) -> list[str]:
    """Drop title-or-name words and the most abbreviated first names from the front."""
    start = 0
    while start < len(words) - 1 and (
        words[start] in _TITLES_OR_NAMES or words[start] in _LEADING_NAMES
    ):
        start += 1
    return words[start:]


def readings(name: str) -> list[tuple[str, ...]]:
    """All ways to read a written name as words, the likeliest first; empty if it has no letter.

    The first is `normalise(name)`. Then follow, where they differ: with the words that are usually
    titles (`H. Ahmad` may be Hasan Ahmad), without a leading title-or-name or Muhammad, Siti, I, Ni
    (`Andi Tenri` is called Tenri), and without the father's name. At most five.
    """
    words = _spelled(name)
    if not words:
        return []
    whole = _without_patronyms(words)
    main = _untitled(whole)
    own = _untitled(_own_words(words))
    found = [main, whole, _without_leading(main), own, _without_leading(own)]
    return list(dict.fromkeys(tuple(reading) for reading in found))


def normalise(name: str) -> tuple[str, ...]:
    """The words of a name in plain lower-case letters, without titles, degrees, bin and binti.

    `"Hj. Fāṭimah binti 'Abdullāh, S.Pd."` → `("fatimah", "abdullah")`. Empty if nothing is left
    that could be a name; a name that consists of a title alone keeps it.
    """
    found = readings(name)
    return found[0] if found else ()


_VOWELS = "aiueo"
_DOUBLED = re.compile(r"(.)\1+")
_HARD_C = re.compile(r"c(?![aiueohy])")
# A y is an i unless it opens a syllable; `ny` is a sound of its own.
_Y_AS_I = re.compile(r"iy(?=[aiueo])|(?<=[^aiueon])y(?=[aiueo])|(?<=.)y(?![aiueo])")
_W_AS_U = re.compile(r"uw(?=[aiueo])|(?<=a)w(?![aiueo])")
_LETTERS = str.maketrans("fvzq", "ppsk")
_ASSIMILATED = re.compile(r"^abd[aiueo]*[lrsntd](?=[bcdghklmnprstwy])")
_MUHAMMAD = re.compile(r"^m[uoae]h?[uoa]m[aei][dt](?!i[ya])")
_AHMAD = re.compile(r"^a[hk]?m[aei][dt]$")


def _modern(word: str) -> str:
    """Undo the older spellings: oe, dj, tj, sj, nj, ch and their kin."""
    word = _DOUBLED.sub(r"\1", word.replace("oo", "u").replace("oe", "u"))
    if "j" in word:
        word = word.replace("dj", "j").replace("tj", "c").replace("sj", "sy").replace("j", "y")
    if "h" in word:
        word = word.replace("sch", "s").replace("chr", "kr").replace("ch", "h")
        word = word.replace("kh", "h").replace("gh", "g").replace("th", "t").replace("dh", "d")
        word = word.replace("bh", "b").replace("ph", "p").replace("sh", "s").replace("zh", "z")
    if "s" in word:
        word = word.replace("sy", "s").replace("ts", "s")
    if "c" in word:
        word = _HARD_C.sub("k", word)
    if "x" in word:
        word = "s" + word[1:] if word[0] == "x" else word
        word = word.replace("x", "ks")
    return word.replace("dz", "z").translate(_LETTERS)


def _vowels(word: str) -> str:
    """One way to write each glide and diphthong."""
    if "y" in word:
        word = _Y_AS_I.sub("i", word)
    if "e" in word:
        word = word.replace("ie", "i").replace("ae", "ai").replace("ei", "ai")
    if "w" in word:
        word = _W_AS_U.sub("u", word)
    return _DOUBLED.sub(r"\1", word)


def _ending(word: str) -> str:
    """What the ear does not keep at the end: h, k, a voiced stop; Javanese o and a are one."""
    if len(word) < 3:
        return word
    last = word[-1]
    if last == "h" or (last == "k" and word[-2] in _VOWELS):
        word = word[:-1]
        last = word[-1]
    if last == "d":
        return word[:-1] + "t"
    if last == "b":
        return word[:-1] + "p"
    if last == "o":
        return word[:-1] + "a"
    return word


def phonetic_key(word: str) -> str:
    """The key under which all usual spellings of one word meet: lower-case ASCII, `""` for `""`.

    Takes a word as `normalise` returns it. `soekarno`, `sukarno` and `sukarna` share a key, as do
    `fatimah`, `fatima`, `patimah`, and `muhammad`, `mochamad`, `moh`. It costs a few microseconds,
    because a slip of the finger is found by keying every neighbour of what was typed.
    """
    word = _ABBREVIATIONS.get(word, word)
    if len(word) < 2:
        return word.translate(_LETTERS).replace("j", "y")
    key = _vowels(_modern(word))
    if key[0] == "m":
        key = _MUHAMMAD.sub("muhamat", key)
    elif key.startswith("abd"):
        key = _ASSIMILATED.sub("abdu", key)
    elif key[0] == "a":
        key = _AHMAD.sub("ahmat", key)
    return _ending(key)


def written_in_full(word: str) -> str:
    """The full form of an abbreviated name (`moh` → `muhammad`), any other word as it is."""
    return _ABBREVIATIONS.get(word, word)


_VOICELESS = str.maketrans("bdgy", "ptks", _VOWELS + "h")


def skeleton(key: str) -> str:
    """What remains of a phonetic key when vowels go and voice is forgotten, for far-off spellings.

    A vowel at the start stays, written as `a`, so that no word becomes empty.
    """
    first = "a" if key.startswith(tuple(_VOWELS)) else ""
    return first + _DOUBLED.sub(r"\1", key.translate(_VOICELESS)) or key
