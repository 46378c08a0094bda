/** Messages that are written on one line: parts with commas between them, and options of one part with colons. */

const MAX_PARTS = 100;

/** undefined where one of them is none, or where there are too many. */
export function eachPart<Item>(given: string, parse: (part: string) => Item | undefined): Item[] | undefined {
  const parts = given.split(',');
  const items = parts.map((part) => parse(part.trim())).filter((item) => item !== undefined);
  return items.length === parts.length && items.length <= MAX_PARTS ? items : undefined;
}

/** The message with each option's field; undefined where an option is unknown or says what was said already. */
export function withOptions<Message extends object>(
  message: Message,
  options: readonly string[],
  read: (option: string) => Partial<Message> | undefined,
): Message | undefined {
  let whole = message;
  for (const option of options) {
    const part = read(option);
    if (part === undefined || Object.keys(part).some((name) => name in whole)) return undefined;
    whole = { ...whole, ...part };
  }
  return whole;
}
