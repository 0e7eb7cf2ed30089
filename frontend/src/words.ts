/** The words scripts show. Both languages travel together: they are few, and the page says which one counts. */

const portuguese = {
  undo: "Desfazer",
  undone: "Desfeito",
  open: "Abrir",
  close: "Fechar",
  save: "Salvar",
  saved: "Salvo",
  confirm: "Confirmar",
  sure: "Tem certeza?",
  noNetwork: "Sem conexão. O que você digitou está guardado.",
  notFound: "Não encontrado, ou não está visível para você.",
  denied: "Seu papel não permite fazer isso.",
  conflict: "Outra pessoa salvou isto antes. Nada foi sobrescrito: recarregue para ver a versão nova.",
  tooMany: "Muitas solicitações seguidas. Aguarde um minuto e tente de novo.",
  tooBig: "O arquivo é grande demais.",
  failed: "Algo deu errado do nosso lado. Nada foi perdido; tente de novo.",
  refused: "O servidor não aceitou. Recarregue a página e tente de novo.",
  nothingFound: "Nada encontrado",
  searching: "Procurando…",
  typeToSearch: "Digite para procurar",
  selectedOne: "1 selecionado",
  selectedMany: "{n} selecionados",
  restored: "Recuperamos o que você tinha digitado.",
  remove: "Remover {text}",
  moved: "{text}: posição {n} de {total}",
  unsaved: "Há alterações não salvas. Sair mesmo assim?",
  shortcutsGeneral: "Em qualquer página",
  shortcutPalette: "Buscar ou executar um comando",
  shortcutSearch: "Buscar",
  shortcutCreate: "Criar",
  shortcutEdit: "Editar",
  shortcutNext: "Próxima linha",
  shortcutPrevious: "Linha anterior",
  shortcutOpen: "Abrir o registro inteiro",
  shortcutPeek: "Abrir ao lado",
  shortcutSelect: "Selecionar a linha",
  shortcutSave: "Salvar",
  shortcutNextRecord: "Próximo registro",
  shortcutPreviousRecord: "Registro anterior",
  shortcutClose: "Fechar",
  shortcutHelp: "Mostrar os atalhos",
  then: "depois",
  recordActivity: "Atividade",
  recordData: "Dados",
  recordRelated: "Relacionados",
  tourNext: "Próximo",
  tourBack: "Voltar",
  tourEnd: "Concluir",
  tourDone: "Passeio concluído. Ele fica na Ajuda, se quiser rever.",
};

type Words = typeof portuguese;

const english: Words = {
  undo: "Undo",
  undone: "Undone",
  open: "Open",
  close: "Close",
  save: "Save",
  saved: "Saved",
  confirm: "Confirm",
  sure: "Are you sure?",
  noNetwork: "No connection. What you typed is kept.",
  notFound: "Not found, or not visible to you.",
  denied: "Your role doesn't allow this.",
  conflict: "Someone saved this before you. Nothing was overwritten: reload to see the newer version.",
  tooMany: "Too many requests in a row. Wait a minute and try again.",
  tooBig: "The file is too large.",
  failed: "Something went wrong on our side. Nothing was lost; try again.",
  refused: "The server did not accept this. Reload the page and try again.",
  nothingFound: "Nothing found",
  searching: "Searching…",
  typeToSearch: "Type to search",
  selectedOne: "1 selected",
  selectedMany: "{n} selected",
  restored: "We restored what you had typed.",
  remove: "Remove {text}",
  moved: "{text}: position {n} of {total}",
  unsaved: "There are unsaved changes. Leave anyway?",
  shortcutsGeneral: "On every page",
  shortcutPalette: "Search or run a command",
  shortcutSearch: "Search",
  shortcutCreate: "Create",
  shortcutEdit: "Edit",
  shortcutNext: "Next row",
  shortcutPrevious: "Previous row",
  shortcutOpen: "Open the whole record",
  shortcutPeek: "Open beside the list",
  shortcutSelect: "Select the row",
  shortcutSave: "Save",
  shortcutNextRecord: "Next record",
  shortcutPreviousRecord: "Previous record",
  shortcutClose: "Close",
  shortcutHelp: "Show the shortcuts",
  then: "then",
  recordActivity: "Activity",
  recordData: "Details",
  recordRelated: "Related",
  tourNext: "Next",
  tourBack: "Back",
  tourEnd: "Finish",
  tourDone: "Tour done. You find it again in Help.",
};

export const language = document.documentElement.lang || "pt-br";

type Fill = Record<string, string | number>;

/** Returns a function that gives texts in the page's language, with `{name}` places filled. */
export function wordsOf<W extends Record<string, string>>(inPortuguese: W, inEnglish: { [K in keyof W]: string }) {
  const chosen: { [K in keyof W]: string } = language.startsWith("en") ? inEnglish : inPortuguese;
  return (key: keyof W, fill: Fill = {}): string =>
    chosen[key].replace(/\{(\w+)\}/g, (_, name: string) => String(fill[name] ?? ""));
}

/** The text for `key`. */
export const word = wordsOf<Words>(portuguese, english);
