package graphadapter

import "bytes"

// repairJSON escapes control characters that stand raw inside strings, as Exchange has been seen to send them and JSON
// does not allow. Text without any comes back as it is, not copied. The values keep the characters.
func repairJSON(b []byte) []byte {
	first := -1
	for i, c := range b {
		if c < 0x20 {
			first = i
			break
		}
	}
	if first < 0 {
		return b // Graph does not indent its answers: the usual case
	}
	const hex = "0123456789abcdef"
	var out bytes.Buffer
	inString, copied := false, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			inString = !inString
		case c == '\\' && inString && i+1 < len(b) && b[i+1] >= 0x20:
			i++
		case c < 0x20 && inString:
			out.Write(b[copied:i])
			out.WriteString(`\u00`)
			out.WriteByte(hex[c>>4])
			out.WriteByte(hex[c&0xf])
			copied = i + 1
		}
	}
	if copied == 0 {
		return b
	}
	out.Write(b[copied:])
	return out.Bytes()
}
