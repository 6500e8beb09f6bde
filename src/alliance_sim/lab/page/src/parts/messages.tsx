// What the model says of a question that cannot be put to it: word for word as the package says it.
import { language, t } from "../text";

export function Messages({ told }: { told: readonly string[] }) {
  if (told.length === 0) return null;
  return (
    <>
      {language.value !== "en" && <p>{t("page.messages")}</p>}
      {told.map((message) => (
        <p key={message} lang="en">
          {message}
        </p>
      ))}
    </>
  );
}
