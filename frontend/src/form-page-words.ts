/** What a form's page says about its frame, in both languages. */

interface Words {
  opening: string;
  answered: (answered: number, of: number) => string;
  refused: (count: number, first: string) => string;
  broken: string;
  frame: string;
}

const id: Words = {
  opening: "Formulir sedang dibuka…",
  answered: (answered, of) => `${answered} dari ${of} pertanyaan dijawab`,
  refused: (count, first) =>
    `Belum dapat disimpan: ${count} jawaban perlu dilihat lagi${first === "" ? "." : `, mulai dari “${first}”.`}`,
  broken: "Formulir ini tidak dapat dibuka di peramban ini. Yang sudah tersimpan tetap ada.",
  frame: "Pertanyaan formulir",
};

const en: Words = {
  opening: "The form is being opened…",
  answered: (answered, of) => `${answered} of ${of} questions answered`,
  refused: (count, first) =>
    `Not kept yet: ${count === 1 ? "1 answer needs" : `${count} answers need`} another look${first === "" ? "." : `, beginning with “${first}”.`}`,
  broken: "This form cannot be opened in this browser. What was kept before is still there.",
  frame: "Questions of the form",
};

/** The words in the page's language. */
export const words: Words = document.documentElement.lang.startsWith("en") ? en : id;
