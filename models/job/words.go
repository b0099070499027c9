package job

import (
	"fmt"
	"strings"
)

// Words is a text in the languages of the report.
type Words struct{ EN, ZH string }

// Wordsf fills the same arguments into a text in both languages. ZH may take
// them in another order by index. Numbers are set as the pages set them:
// thousands apart by a comma, a true minus, the per cent sign beside its number.
// A number that is a name, such as a year, is passed as text.
func Wordsf(en, zh string, args ...any) Words {
	set := make([]any, len(args))
	for i, a := range args {
		set[i] = a
		switch a.(type) {
		case int, int32, int64, float64:
			set[i] = figure{a}
		}
	}
	tight := strings.NewReplacer("\u00a0%", "%", " %", "%")
	return Words{tight.Replace(fmt.Sprintf(en, set...)), tight.Replace(fmt.Sprintf(zh, set...))}
}

// figure formats a number for a reader.
type figure struct{ value any }

// Format writes the number by its verb, with thousands apart and a true minus.
func (n figure) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(f, verb), n.value)
	if verb != 'd' && verb != 'f' {
		_, _ = fmt.Fprint(f, strings.Replace(text, "-", "−", 1))
		return
	}
	first := strings.IndexAny(text, "0123456789")
	if first < 0 {
		_, _ = fmt.Fprint(f, text)
		return
	}
	digits := first
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	var b strings.Builder
	b.WriteString(strings.Replace(text[:first], "-", "−", 1))
	for i := first; i < digits; i++ {
		if i > first && (digits-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(text[i])
	}
	_, _ = fmt.Fprint(f, b.String()+text[digits:])
}
