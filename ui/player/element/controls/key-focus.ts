/** Whose key it is: the player's, or that of a field, a button, a menu or a dialog that has the focus. */

const TEXT_FIELDS = 'textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=combobox], [role=searchbox], [role=listbox]';
const NO_TEXT_INPUTS = ['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'];
const PRESSED_BY_KEYS = 'button, a[href], summary, input, [role=button], [role=link], [role=switch], [role=checkbox], [role=tab]';
const MOVED_BY_KEYS = 'input[type=range], [role=slider], [role=tab], [role=radio], input[type=radio]';
const MENUS = '[role=menu], [role=menuitemradio], [role=menuitem]';
const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

/** Whether what has the focus wants this key for itself. `path` is the event's composed path. */
export function isTaken(path: readonly EventTarget[], key: string): boolean {
  const elements = path.filter((target) => target instanceof Element);
  const focused = elements[0];
  if (focused === undefined) return false;
  if (elements.some((element) => element.matches(TEXT_FIELDS) || isTextInput(element) || isOpenDialog(element))) return true;
  if (elements.some((element) => element.matches(MENUS))) return key === ' ' || ARROWS.includes(key);
  if (key === ' ') return elements.some((element) => element.matches(PRESSED_BY_KEYS) && !element.matches('input[type=range]'));
  return ARROWS.includes(key) && elements.some((element) => element.matches(MOVED_BY_KEYS));
}

function isTextInput(element: Element): boolean {
  return element instanceof HTMLInputElement && !NO_TEXT_INPUTS.includes(element.type);
}

function isOpenDialog(element: Element): boolean {
  return (element instanceof HTMLDialogElement && element.open) || element.matches('[role=dialog], [role=alertdialog]');
}
