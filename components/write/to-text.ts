/** At the end of a desk's address: the writer comes from the text before, and goes on in this one. */
export const TO_TEXT = '#text'
