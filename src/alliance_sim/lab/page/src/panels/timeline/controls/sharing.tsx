// Taking a question along: its link, and its edits as a file that the package reads, too.
import { useSignal, type Signal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { ask, refused } from "../../../state/asking";
import { askedBy } from "../../../state/edits";
import { MOST_LETTERS, readWhatIf, whatIfFile } from "../../../state/what_if_file";
import type { Store } from "../../../state/store";
import { t } from "../../../text";

export function Sharing({ store }: { store: Store }) {
  const told = useSignal<string[]>([]);
  const pasted = useSignal("");
  const id = useId();
  return (
    <>
      <CopyLink store={store} told={told} />
      <p class="controls-row">
        <button type="button" onClick={() => save(store)}>
          {t("controls.export")}
        </button>
      </p>
      <div class="controls-field">
        <label for={`${id}-file`}>{t("controls.import")}</label>
        <input
          id={`${id}-file`}
          type="file"
          accept=".toml,text/plain"
          onChange={(event) => {
            const field = event.currentTarget;
            const file = field.files?.[0];
            if (file !== undefined)
              void readFile(store, file, told).finally(() => (field.value = ""));
          }}
        />
      </div>
      <label class="controls-field">
        <span>{t("controls.paste")}</span>
        <textarea
          rows={4}
          value={pasted.value}
          spellcheck={false}
          onInput={(event) => (pasted.value = event.currentTarget.value)}
        />
      </label>
      <p class="controls-row">
        <button
          type="button"
          disabled={pasted.value.trim() === ""}
          onClick={() => {
            if (take(store, pasted.value, told)) pasted.value = "";
          }}
        >
          {t("controls.read")}
        </button>
      </p>
      <div role="status" class="controls-told">
        {told.value.map((one) => (
          <p key={one}>{one}</p>
        ))}
      </div>
    </>
  );
}

function CopyLink({ store, told }: { store: Store; told: Signal<string[]> }) {
  const field = useRef<HTMLInputElement>(null);
  const [page] = location.href.split("#");
  const ofFile = location.protocol === "file:"; // whose place says where on whose computer it lies
  const link = `${ofFile ? "" : page}#${store.link()}`;
  return (
    <div class="controls-row">
      <input
        ref={field}
        type="text"
        readOnly
        value={link}
        aria-label={t("controls.link")}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        type="button"
        onClick={() => {
          const by_hand = () => {
            field.current?.focus();
            told.value = [t("controls.copy_yourself")];
          };
          if (navigator.clipboard === undefined) return by_hand();
          navigator.clipboard
            .writeText(link)
            .then(() => (told.value = [t(ofFile ? "controls.copied_file" : "controls.copied")]))
            .catch(by_hand);
        }}
      >
        {t("controls.copy")}
      </button>
    </div>
  );
}

/** Give the edits as a file; a browser that keeps no files shows it instead. */
function save(store: Store): void {
  const text = whatIfFile(store.question.value, store.payload);
  const place = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = place;
  link.download = "what_if.toml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(place), 10_000);
}

async function readFile(store: Store, file: File, told: Signal<string[]>): Promise<void> {
  // Four bytes are the most that a letter takes.
  if (file.size > 4 * MOST_LETTERS) {
    told.value = [t("file.long", { letters: file.size, most: MOST_LETTERS }), t("file.kept")];
    return;
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    told.value = [t("file.no_text"), t("file.kept")];
    return;
  }
  take(store, text, told);
}

/** Ask what a file says; whether that could be done. */
function take(store: Store, text: string, told: Signal<string[]>): boolean {
  const { edits, problems } = readWhatIf(text, store.payload);
  let found = problems.map(({ key, given }) => t(`file.${key}`, given));
  if (found.length === 0) {
    found = ask(store, askedBy(edits, store.payload));
    refused.value = []; // told here, beside the file
  }
  const n = store.question.value.edits.length;
  told.value = found.length === 0 ? [t("file.read", { n })] : [...found, t("file.kept")];
  return found.length === 0;
}
