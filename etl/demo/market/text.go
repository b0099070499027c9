package market

import (
	"fmt"
	"strconv"
	"strings"

	"verso/etl/demo/dice"
	"verso/etl/demo/names"
)

// vocabulary are the word lists of names, read once.
type vocabulary struct {
	words map[string][]string
}

// newVocabulary reads every list that is used.
func newVocabulary() *vocabulary {
	v := &vocabulary{words: map[string][]string{}}
	for _, line := range names.Lines("words.txt") {
		if key, _, ok := strings.Cut(line, ":"); ok {
			v.words[key] = names.Words(key)
		}
	}
	return v
}

// split divides a list of the embedded tables.
func split(s string) []string { return strings.Split(s, "|") }

// One draws a word of a list.
func (v *vocabulary) One(d *dice.Dice, key string) string {
	words := v.words[key]
	return words[d.IntN(len(words))]
}

// Pair draws the same position of two lists: a name and its translation.
func (v *vocabulary) Pair(d *dice.Dice, zh, en string) (string, string) {
	i := d.IntN(len(v.words[zh]))
	return v.words[zh][i], v.words[en][i]
}

// Person invents a name in Chinese and in Latin letters.
func (v *vocabulary) Person(d *dice.Dice) (zh, latin string) {
	s := d.IntN(len(v.words["surname_zh"]))
	g := d.IntN(len(v.words["given_zh"]))
	zh = v.words["surname_zh"][s] + v.words["given_zh"][g]
	latin = v.words["given_py"][g]
	if d.Chance(.6) {
		h := d.IntN(len(v.words["given_zh"]))
		zh += v.words["given_zh"][h]
		latin += strings.ToLower(v.words["given_py"][h])
	}
	return zh, latin + " " + v.words["surname_py"][s]
}

// author invents a Western name.
func (v *vocabulary) author(d *dice.Dice) string {
	return v.One(d, "given_en") + " " + v.One(d, "surname_en")
}

// supplier invents the name of supplier i of n.
func (v *vocabulary) supplier(d *dice.Dice, i, n int, s *Supplier) string {
	marks, kinds := v.words["pub_mark"], v.words["pub_kind"]
	name := marks[i%len(marks)] + " " + kinds[(i/len(marks)+i)%len(kinds)]
	if i >= len(marks)*len(kinds) {
		name += " " + strconv.Itoa(i/(len(marks)*len(kinds))+1)
	}
	return name
}

// TitleText is the name of a title in its own language and in Chinese.
func (w *World) TitleText(d *dice.Dice, t *Title) (text, zh string) {
	c := &w.Classes[t.Class]
	v := w.Words
	k := d.IntN(len(c.termsEN))
	k2 := d.IntN(len(c.termsEN))
	if c.Trade && c.termsEN[k] == "fiction" {
		a, n := d.IntN(len(v.words["adj"])), d.IntN(len(v.words["noun"]))
		text, zh = "The "+v.words["adj"][a]+" "+v.words["noun"][n], v.words["adj_zh"][a]+v.words["noun_zh"][n]
	} else {
		patterns := v.words["pattern_en"]
		p := d.IntN(len(patterns))
		pattern := patterns[p]
		if t.Level == Textbook {
			pattern = v.One(d, "pattern_tb")
		}
		text = fill(pattern, upperFirst(c.termsEN[k]), c.termsEN[k2])
		zh = fill(v.words["pattern_zh"][p], c.termsZH[k], c.termsZH[k2])
	}
	switch w.Suppliers[t.Sup].lang {
	case "jpn":
		text = fill(v.One(d, "pattern_ja"), c.ja, c.ja)
	case "rus":
		text = fill(v.One(d, "pattern_ru"), c.ru, c.ru)
	case "ger":
		text = fill(v.One(d, "pattern_de"), c.de, c.de)
	case "chi":
		text = zh
	}
	if t.volume > 0 {
		text += fmt.Sprintf(", Vol. %d", t.volume)
	}
	return text, zh
}

// fill puts two terms into a pattern.
func fill(pattern, term, second string) string {
	return strings.Replace(strings.Replace(pattern, "{T}", term, 1), "{U}", second, 1)
}

// upperFirst writes the first letter as a capital.
func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// isbn is the ISBN-13 of a title: EAN prefix and group of its publisher, a
// registrant of a length in use there, the publication number, a check digit.
func (w *World) isbn(t *Title) string {
	s := &w.Suppliers[t.Sup]
	body := []byte(s.group)
	if len(s.group) == 6 { // three-digit group
		reg := 200 + (s.registry+int(t.number)/1000*37)%350
		body = fmt.Appendf(body, "%03d%03d", reg, t.number%1000)
	} else {
		reg := 7000 + (s.registry+int(t.number)/10000*311)%1390
		if s.group == "9781" { // five digits: 55000 to 86979
			reg = 55000 + (s.registry*7+int(t.number)/1000*613)%31900
			body = fmt.Appendf(body, "%05d%03d", reg, t.number%1000)
		} else {
			body = fmt.Appendf(body, "%04d%04d", reg, t.number%10000)
		}
	}
	return string(append(body, Check13(body)))
}

// Check13 is the check digit of the first twelve digits of an ISBN-13.
func Check13(body []byte) byte {
	sum := 0
	for i, b := range body[:12] {
		weight := 1 + 2*(i%2)
		sum += int(b-'0') * weight
	}
	return byte('0' + (10-sum%10)%10)
}

// Isbn10 is the old form of an ISBN-13 with prefix 978.
func Isbn10(isbn13 string) string {
	body := isbn13[3:12]
	sum := 0
	for i := range 9 {
		sum += (10 - i) * int(body[i]-'0')
	}
	switch r := (11 - sum%11) % 11; r {
	case 10:
		return body + "X"
	default:
		return body + strconv.Itoa(r)
	}
}
