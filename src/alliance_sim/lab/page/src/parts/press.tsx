// A button that can come to its end by being pressed. It stays in the way of the keyboard where it can do
// nothing: one that is disabled then loses the focus to the page as a whole.
import type { ButtonHTMLAttributes } from "preact";

interface PressProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "onClick" | "disabled"> {
  can: boolean;
  onPress: () => void;
}

export function Press({ can, onPress, ...more }: PressProps) {
  return (
    <button type="button" aria-disabled={!can} {...more} onClick={() => can && onPress()}>
      {more.children}
    </button>
  );
}
