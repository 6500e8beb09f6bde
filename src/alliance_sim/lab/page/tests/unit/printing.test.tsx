// What is printed is drawn for paper by the time that the page has been told of it.
import { render } from "preact";
import { expect, test } from "vitest";
import { useWidth } from "../../src/parts/size";

function Wide() {
  const [place, width] = useWidth<HTMLDivElement>();
  return <div ref={place}>{width.value}</div>;
}

test("drawings are as wide as paper before a browser takes the page, and as before afterwards", async () => {
  const place = document.createElement("div");
  document.body.append(place);
  render(<Wide />, place);
  expect(place.textContent).toBe("0");
  dispatchEvent(new Event("beforeprint"));
  expect(place.textContent).toBe("670"); // nothing was awaited
  dispatchEvent(new Event("afterprint"));
  await Promise.resolve();
  expect(place.textContent).toBe("0");
  render(null, place);
  place.remove();
});
