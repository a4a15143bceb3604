/** Keys of a table of words, with their type. */
export function keys<T extends object>(of: T): readonly (keyof T & string)[] {
  return Object.keys(of).filter((key): key is keyof T & string => key in of);
}
