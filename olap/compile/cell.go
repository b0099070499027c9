package compile

import (
	"strings"

	"verso/olap/cube"
)

// ParseCell reads a cell as people write it:
//
//	row keys | column keys | measure
//
// with keys separated by commas, and what is not needed left out: "F,F2|2024",
// "|2024", "(unknown),(others)||net", or nothing for the grand total. A key with
// a comma, a bar, a quote or blanks at its ends, and the empty key, stand in
// double quotes, the quote doubled inside. An error is a *cube.ParseError.
func ParseCell(text string) (Cell, error) {
	var parts [3][]string
	part, rest, column := 0, text, 1
	fail := func(message string) (Cell, error) {
		return Cell{}, &cube.ParseError{What: "cell", Text: text, Column: column, Message: message}
	}
	for {
		key, after, quoted, ok := nextKey(rest)
		if !ok {
			return fail("the quote is not closed, or text follows it")
		}
		column += len([]rune(rest)) - len([]rune(after))
		separator := ""
		if after != "" {
			separator, after = after[:1], after[1:]
		}
		if quoted || key != "" {
			parts[part] = append(parts[part], key)
		} else if separator == "," || len(parts[part]) > 0 {
			return fail(`a key is missing; write the empty key as ""`)
		}
		switch separator {
		case "":
			if len(parts[2]) > 1 {
				return fail("one measure at most")
			}
			return Cell{Row: parts[0], Column: parts[1], Ref: strings.Join(parts[2], "")}, nil
		case "|":
			if part++; part == len(parts) {
				return fail("want row keys | column keys | measure, no more")
			}
		}
		rest = after
		column++
	}
}

// nextKey reads a key up to its separator; ok is false if a quote is not closed
// or text follows it.
func nextKey(text string) (key, rest string, quoted, ok bool) {
	text = strings.TrimLeft(text, " ")
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ",|")
		if end < 0 {
			end = len(text)
		}
		return strings.TrimRight(text[:end], " "), text[end:], false, true
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if strings.HasPrefix(text[i+1:], `"`) {
			i++
			continue
		}
		rest = strings.TrimLeft(text[i+1:], " ")
		return strings.ReplaceAll(text[1:i], `""`, `"`), rest, true, rest == "" || rest[0] == ',' || rest[0] == '|'
	}
	return "", "", true, false
}

// String writes the cell as ParseCell reads it.
func (c Cell) String() string {
	parts := []string{joinKeys(c.Row), joinKeys(c.Column), ""}
	if c.Ref != "" {
		parts[2] = joinKeys([]string{c.Ref})
	}
	return strings.TrimRight(strings.Join(parts, "|"), "|")
}

func joinKeys(keys []string) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		if list[i] = k; k == "" || strings.ContainsAny(k, `,|"`) || strings.Trim(k, " ") != k {
			list[i] = `"` + strings.ReplaceAll(k, `"`, `""`) + `"`
		}
	}
	return strings.Join(list, ",")
}
