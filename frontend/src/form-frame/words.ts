/** What the form engine says by itself, in both languages; `build/form-engine.ts` puts it there. */
import type { Language } from "./protocol";

interface Said {
  constraint: string;
  required: string;
  repeat: string;
  remove: string;
  add: string;
  rank: string;
  agree: string;
  location: string;
  noMap: string;
  noFiles: string;
}

export const SAID: Record<Language, Said> = {
  id: {
    constraint: "Jawaban ini belum sesuai.",
    required: "Pertanyaan ini perlu dijawab.",
    repeat: "Bagian",
    remove: "Hapus bagian ini",
    add: "Tambah",
    rank: "Urutkan",
    agree: "Ya, setuju",
    location: "Ambil lokasi",
    noMap: "Peta tidak ditampilkan di sini.",
    noFiles: "Berkas dan foto disimpan di Dokumen pada berkas kasus, tidak di sini.",
  },
  en: {
    constraint: "This answer does not fit yet.",
    required: "This question needs an answer.",
    repeat: "Part",
    remove: "Remove this part",
    add: "Add",
    rank: "Put in order",
    agree: "Yes, agreed",
    location: "Get the location",
    noMap: "No map is shown here.",
    noFiles: "Files and pictures are kept under Documents of the case file, not here.",
  },
};

/** The calendar and the lists, where they differ from what the engine's widgets say in English. */
export const WIDGETS: Record<Language, Record<string, unknown>> = {
  en: { dateFormat: "dd/mm/yy", firstDayOfWeek: 1 },
  id: {
    dateFormat: "dd/mm/yy",
    firstDayOfWeek: 1,
    dayNames: ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
    dayNamesShort: ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
    dayNamesMin: ["Mg", "Sn", "Sl", "Rb", "Km", "Jm", "Sb"],
    monthNames: [
      "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
      "November", "Desember",
    ],
    monthNamesShort: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    chooseYear: "Pilih tahun",
    chooseMonth: "Pilih bulan",
    chooseDate: "Pilih tanggal",
    prevDecade: "Sepuluh tahun sebelumnya",
    nextDecade: "Sepuluh tahun berikutnya",
    prevYear: "Tahun sebelumnya",
    nextYear: "Tahun berikutnya",
    prevMonth: "Bulan sebelumnya",
    nextMonth: "Bulan berikutnya",
    today: "Hari ini",
    clear: "Kosongkan",
    cancel: "Batal",
    choose: "Pilih",
    emptyFilterMessage: "Tidak ada yang cocok",
    emptySearchMessage: "Tidak ada yang cocok",
    emptyMessage: "Tidak ada pilihan",
    emptySelectionMessage: "Belum ada yang dipilih",
    searchMessage: "{0} pilihan",
    selectionMessage: "{0} dipilih",
  },
};

declare global {
  var rangkulSaid: Said;
}
