/** What the installed page says, in both languages; its shell holds none of it. */
import type { Said } from "./house";

export type Language = "id" | "en";

const WORDS = {
  title: ["Catatan tanpa jaringan", "Notes without a network"],
  lead: [
    "Tulis laporan dan isi formulir di tempat tanpa sinyal. Yang selesai langsung disegel dan menunggu di HP ini.",
    "Write reports and fill in forms where there is no signal. What is finished is sealed at once and waits on this phone.",
  ],
  toDesk: ["Ke Rangkul", "To Rangkul"],
  other: ["English", "Bahasa Indonesia"],
  prepare: ["Siapkan untuk luring", "Prepare for offline"],
  prepareLead: [
    "Selama ada jaringan dan Anda sudah masuk: formulir dan nomor berkas Anda dibawa ke HP ini, dikunci dengan PIN.",
    "While you are online and signed in: forms and your file numbers are brought to this phone, locked with a PIN.",
  ],
  prepareAgain: ["Perbarui persiapan", "Refresh what is prepared"],
  preparing: ["Sedang disiapkan…", "Being prepared…"],
  prepared: ["Siap dipakai tanpa jaringan sampai", "Ready without a network until"],
  ended: [
    "Persiapan di HP ini sudah 14 hari dan dihapus. Siapkan lagi selama ada jaringan.",
    "What was prepared on this phone was 14 days old and has been deleted. Prepare again while online.",
  ],
  notYours: [
    "HP ini disiapkan orang lain. Hapus dahulu persiapan dan draf di HP ini, lalu siapkan lagi. Antrean tetap ada.",
    "Somebody else prepared this phone. First delete what is prepared and the drafts here, then prepare again. The queue stays.",
  ],
  pin: ["PIN (6 angka atau lebih)", "PIN (6 digits or more)"],
  pinHelp: [
    "Makin panjang makin aman. PIN tidak disimpan di mana pun dan tidak dapat dipulihkan.",
    "The longer, the safer. The PIN is stored nowhere and cannot be recovered.",
  ],
  pinAgain: ["Ulangi PIN", "Repeat the PIN"],
  pinShort: ["PIN terdiri dari paling sedikit 6 angka.", "A PIN has at least 6 digits."],
  pinEasy: ["PIN ini mudah ditebak. Pilih yang lain.", "This PIN is easily guessed. Choose another."],
  pinDiffers: ["Kedua PIN tidak sama.", "The two PINs differ."],
  open: ["Buka", "Open"],
  locked: ["Terkunci", "Locked"],
  lock: ["Kunci", "Lock"],
  forgotten: ["Lupa PIN", "Forgot the PIN"],
  forgottenAsk: [
    "Persiapan dan draf yang belum selesai akan dihapus dari HP ini. Antrean tetap ada. Lanjutkan?",
    "What is prepared and unfinished drafts will be deleted from this phone. The queue stays. Go on?",
  ],
  wiped: [
    "Sepuluh kali PIN keliru: persiapan dan draf di HP ini sudah dihapus. Antrean tetap ada.",
    "Ten wrong PINs: what was prepared and the drafts on this phone are deleted. The queue stays.",
  ],
  newReport: ["Laporan baru", "New report"],
  newForm: ["Isi formulir", "Fill in a form"],
  whichForm: ["Formulir", "Form"],
  whichCase: ["Nomor berkas", "File number"],
  choose: ["Pilih…", "Choose…"],
  begin: ["Mulai", "Begin"],
  drafts: ["Belum selesai", "Not finished"],
  noDrafts: ["Tidak ada yang belum selesai.", "Nothing is unfinished."],
  goOn: ["Lanjutkan", "Go on"],
  drop: ["Buang", "Discard"],
  dropAsk: ["Buang tulisan ini dari HP?", "Discard these words from this phone?"],
  report: ["Laporan", "Report"],
  form: ["Formulir", "Form"],
  queue: ["Antrean", "Queue"],
  noQueue: ["Tidak ada yang menunggu dikirim.", "Nothing waits to be sent."],
  queueHelp: [
    "Tersegel untuk lembaga Anda. Tidak ada yang dapat membacanya di HP ini, Anda pun tidak.",
    "Sealed to your agency. Nobody can read it on this phone, not even you.",
  ],
  sendNow: ["Kirim sekarang", "Send now"],
  checkAgain: ["Kirim dan periksa lagi", "Send and check again"],
  ready: ["menunggu jaringan", "waits for a line"],
  waits: ["menunggu Anda di Rangkul", "waits for you in Rangkul"],
  refused: ["belum diterima", "not taken yet"],
  old: ["sudah lama menunggu: cari jaringan", "has waited long: find a line"],
  see: ["Buka di Rangkul", "Open in Rangkul"],
  remove: ["Hapus dari HP", "Delete from the phone"],
  removeAsk: [
    "Isinya hilang untuk selamanya bila belum diterima Rangkul. Hapus?",
    "It is lost for good unless Rangkul has taken it. Delete?",
  ],
  signIn: ["Masuk untuk mengirim", "Sign in to send"],
  signInFirst: ["Masuk dahulu, lalu kembali ke sini.", "Sign in first, then come back here."],
  noLine: ["Tidak ada jaringan. Tidak ada yang hilang.", "There is no line. Nothing is lost."],
  sending: ["Sedang dikirim", "Being sent"],
  wipeAll: ["Hapus semua dari HP ini", "Delete everything on this phone"],
  wipeAsk: [
    "Semua dihapus: persiapan, draf, dan antrean yang belum terkirim. Ini tidak dapat dibatalkan.",
    "Everything goes: what is prepared, drafts, and the queue that was not sent. This cannot be undone.",
  ],
  yes: ["Ya, hapus", "Yes, delete"],
  no: ["Tidak", "No"],
  back: ["Kembali", "Back"],
  finish: ["Selesai dan segel", "Finish and seal"],
  finishHelp: [
    "Setelah disegel tidak dapat dibuka lagi di HP ini.",
    "Once sealed, it cannot be opened again on this phone.",
  ],
  sealed: ["Tersegel dan tersimpan di antrean HP ini.", "Sealed, and kept in this phone's queue."],
  already: ["Ini sudah diselesaikan di tab lain.", "This was finished in another tab already."],
  saving: ["Menyimpan…", "Keeping…"],
  saved: ["Tersimpan di HP ini, terkunci", "Kept on this phone, locked"],
  notSaved: ["Belum tersimpan: ruang di HP ini habis.", "Not kept: this phone has no room left."],
  required: ["Mohon diisi.", "Please fill this in."],
  tooLong: ["Terlalu panjang. Mohon dipersingkat.", "This is too long. Please shorten it."],
  notListed: ["Pilih tempat dari daftar.", "Choose a place from the list."],
  impossible: ["Usia ini tidak mungkin. Perkiraan sudah cukup.", "This age cannot be. An estimate is enough."],
  future: ["Ini di masa depan. Periksa tanggalnya.", "This lies in the future. Please check the date."],
  tooOld: ["Ini terlalu jauh ke belakang. Periksa tahunnya.", "This lies too far back. Please check the year."],
  afterReport: ["Ini sesudah laporannya. Periksa kedua tanggal.", "This is later than the report. Please check both dates."],
  mend: ["Ada yang perlu dilengkapi.", "Some things are to be completed."],
  opening: ["Formulir sedang dibuka…", "The form is being opened…"],
  broken: ["Formulir ini tidak dapat dibuka di peramban ini.", "This form cannot be opened in this browser."],
  questions: ["Pertanyaan formulir", "Questions of the form"],
  gone: ["Formulir ini tidak ada dalam persiapan. Siapkan lagi.", "This form is not among what is prepared. Prepare again."],
  unanswered: ["Belum tahu", "Not known yet"],
  installing: [
    "Halaman belum tersimpan untuk luring. Biarkan terbuka sebentar selama ada jaringan.",
    "The page is not kept for offline yet. Leave it open a moment while online.",
  ],
  unable: [
    "Peramban ini tidak dapat menyimpan dengan aman (perlu https dan tab biasa).",
    "This browser cannot keep things safely (it needs https and an ordinary tab).",
  ],
} satisfies Record<string, Said>;

export type Word = keyof typeof WORDS;

let language: Language = navigator.language.startsWith("en") ? "en" : "id";

export function speak(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
}

export function spoken(): Language {
  return language;
}

/** The one of the two sentences that is read here. */
export function of(said: readonly [string, string]): string {
  return language === "en" ? said[1] : said[0];
}

export function word(name: Word): string {
  return of(WORDS[name]);
}

/** A day and hour as people here write it. */
export function moment(at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

export function day(at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(at);
}

export function size(bytes: number): string {
  return `${Math.ceil(bytes / 1_024)} KB`;
}

export function wrongPin(left: number, wait: number): string {
  const [id, en] = [`PIN keliru. Sisa percobaan: ${left}.`, `Wrong PIN. Tries left: ${left}.`];
  return `${of([id, en])} ${wait > 0 ? waitFor(wait) : ""}`.trim();
}

export function waitFor(wait: number): string {
  const seconds = Math.ceil(wait / 1_000);
  return of([`Tunggu ${seconds} detik.`, `Wait ${seconds} seconds.`]);
}

export function answered(done: number, total: number): string {
  return of([`${done} dari ${total} pertanyaan dijawab`, `${done} of ${total} questions answered`]);
}

export function toMend(count: number, first: string): string {
  const where = first === "" ? "" : ` “${first}”`;
  return of([`${count} jawaban perlu dilihat lagi.${where}`, `Answers that need another look: ${count}.${where}`]);
}

export function taken(count: number): string {
  return of([`${count} sudah diterima Rangkul.`, `Taken by Rangkul: ${count}.`]);
}
