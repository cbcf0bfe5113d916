/** The few words that the browser itself has to say, in both languages. */

interface Words {
  minutes: (n: number) => string;
  hours: (n: number) => string;
  hoursMinutes: (h: number, m: number) => string;
  days: (n: number) => string;
  left: string;
  overdue: string;
  saving: string;
  saved: (at: string) => string;
  offline: string;
  failed: string;
  stale: string;
  expired: string;
  signIn: string;
  restore: string;
  restoreYes: string;
  restoreNo: string;
  undo: string;
  copied: string;
  undone: string;
  notSent: string;
  aboutLeft: (span: string) => string;
  secondsFew: string;
  finished: string;
  signedOffline: string;
  signingNeedsDrawing: string;
  signingWaits: (n: number) => string;
  signingRefused: (leg: string) => string;
  signingOpen: string;
  signingMend: string;
  signingNotOpen: string;
  voiceRuns: string;
  voiceKept: (kilobytes: number) => string;
  voiceNotAllowed: string;
  idleSoon: string;
  idleStay: string;
}

const id: Words = {
  minutes: (n) => `${n} menit`,
  hours: (n) => `${n} jam`,
  hoursMinutes: (h, m) => `${h} j ${m} m`,
  days: (n) => `${n} hari`,
  left: "lagi",
  overdue: "lewat",
  saving: "Menyimpan…",
  saved: (at) => `Tersimpan ${at}`,
  offline: "Tanpa sinyal. Tulisan Anda aman di tab ini dan disimpan begitu tersambung.",
  failed: "Belum tersimpan. Dicoba lagi sebentar lagi.",
  stale: "Ini sudah diubah di tempat lain. Tulisan Anda masih ada di tab ini; salinlah, lalu muat ulang halaman.",
  expired: "Sesi berakhir. Tulisan Anda masih ada di tab ini.",
  signIn: "Masuk lagi",
  restore: "Ada tulisan yang belum tersimpan dari tadi.",
  restoreYes: "Kembalikan",
  restoreNo: "Buang",
  undo: "Urungkan",
  copied: "Nomor disalin",
  undone: "Sudah diurungkan",
  notSent: "Belum terkirim. Coba lagi.",
  aboutLeft: (span) => `Sisa sekitar ${span}`,
  secondsFew: "beberapa detik",
  finished: "Selesai",
  signedOffline: "Sudah ditandatangani dan aman di perangkat ini. Dikirim begitu tersambung; halaman ini boleh ditutup.",
  signingNeedsDrawing: "Tanpa sinyal kata sandi tidak dapat diperiksa. Tanda tangani dengan jari atau pena.",
  signingWaits: (n) => `${n} tanda tangan menunggu sinyal di perangkat ini.`,
  signingRefused: (leg) => `Tanda tangan untuk ${leg} belum dapat diterima.`,
  signingOpen: "Lihat tahapnya",
  signingMend: "Perbaiki dan kirim lagi",
  signingNotOpen: "Halamannya tidak terbuka lagi bagi Anda; hubungi penyelenggara.",
  voiceRuns: "Merekam… Tekan Berhenti bila selesai.",
  voiceKept: (kb) => `Terekam, ${kb} KB. Belum tersimpan: tekan Simpan rekaman.`,
  voiceNotAllowed: "Mikrofon tidak dapat dipakai di sini. Pilih berkas suara, atau sebut saksi.",
  idleSoon: "Sesi ini berakhir dua menit lagi bila tidak ada yang menyentuhnya. Tulisan Anda tetap ada di tab ini.",
  idleStay: "Saya masih di sini",
};

const en: Words = {
  minutes: (n) => `${n} min`,
  hours: (n) => (n === 1 ? "1 hour" : `${n} hours`),
  hoursMinutes: (h, m) => `${h} h ${m} m`,
  days: (n) => (n === 1 ? "1 day" : `${n} days`),
  left: "left",
  overdue: "overdue",
  saving: "Saving…",
  saved: (at) => `Saved ${at}`,
  offline: "No signal. Your words are safe in this tab and will be saved once connected.",
  failed: "Not saved yet. Trying again shortly.",
  stale: "This was changed elsewhere. Your words are still in this tab; copy them, then load the page anew.",
  expired: "The session ended. Your words are still in this tab.",
  signIn: "Sign in again",
  restore: "There are words from before that were not saved.",
  restoreYes: "Bring them back",
  restoreNo: "Discard",
  undo: "Undo",
  copied: "Number copied",
  undone: "Undone",
  notSent: "Not sent yet. Please try again.",
  aboutLeft: (span) => `About ${span} left`,
  secondsFew: "a few seconds",
  finished: "Done",
  signedOffline: "Signed, and safe on this device. It is sent when the line returns; you may close this page.",
  signingNeedsDrawing: "Without a line a password cannot be checked. Please sign with a finger or a pen.",
  signingWaits: (n) => (n === 1 ? "1 signature waits for a line on this device." : `${n} signatures wait for a line on this device.`),
  signingRefused: (leg) => `A signature for ${leg} could not be taken.`,
  signingOpen: "Look at the leg",
  signingMend: "Mend and send again",
  signingNotOpen: "Its page is no longer open to you; please call the organiser.",
  voiceRuns: "Recording… Press Stop when done.",
  voiceKept: (kb) => `Recorded, ${kb} KB. Not kept yet: press Keep the recording.`,
  voiceNotAllowed: "No microphone can be used here. Choose a sound file, or name a witness.",
  idleSoon: "This session ends in two minutes unless somebody uses it. Your words stay in this tab.",
  idleStay: "I am still here",
};

const indonesian = !document.documentElement.lang.startsWith("en");

/** The words in the page's language. */
export const words: Words = indonesian ? id : en;

/** The hour as it is written: 08.41 in Indonesian, 08:41 in English. */
export function hour(moment: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(moment.getHours())}${indonesian ? "." : ":"}${two(moment.getMinutes())}`;
}

/** A span of seconds as the server words it: 6 min, 3 h 18 m, 2 days. */
export function span(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (minutes < 60) return words.minutes(Math.max(1, minutes));
  if (minutes < 24 * 60) {
    const rest = minutes % 60;
    const whole = Math.floor(minutes / 60);
    return rest === 0 ? words.hours(whole) : words.hoursMinutes(whole, rest);
  }
  return words.days(Math.floor(minutes / (24 * 60)));
}
