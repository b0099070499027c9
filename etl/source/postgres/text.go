package postgres

import (
	"encoding/hex"
	"strings"
)

// text is the value of a column that lands as VARCHAR; it may be lent.
func (c *column) text(v []byte) []byte {
	switch c.form {
	case formNumericText:
		return []byte(numericText(v))
	case formPadded:
		for len(v) > 0 && v[len(v)-1] == ' ' {
			v = v[:len(v)-1]
		}
	case formUUID:
		h := hex.EncodeToString(v)
		return []byte(strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"))
	case formJSONB:
		return v[1:] // after the version
	}
	return v
}
