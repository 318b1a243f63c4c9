// Amounts as the server writes them: "$76.00", "¥7,600", "KWD 1.500".
export function written(minor, words, digits = Number(words.decimals)) {
  const amount = (minor / 10 ** Number(words.decimals)).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return words.symbol + amount;
}
