package duplicate

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// name is what a customer's name comes down to, from the exact to the coarse.
type name struct {
	plain    string   // width, case, script and spaces made alike
	core     string   // plain without its bracketed parts
	bracket  string   // the bracketed parts
	key      string   // core by synonyms, without legal forms; Latin words in order
	words    []string // Latin words of the key
	han      bool
	telltale string // digits and numerals: what tells No. 1 from No. 2
}

// fold makes two ways of writing one text alike: full and half width, capitals,
// traditional and simplified characters.
func fold(s string) string {
	s = strings.Map(simplified, strings.ToLower(norm.NFKC.String(s)))
	// Accents go, so that Universität and Universitat are one.
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return strings.TrimSpace(strings.ReplaceAll(norm.NFC.String(s), "ß", "ss"))
}

// readName reads a name. person: nothing is a legal form or a synonym in it.
func readName(text string, person bool) name {
	folded := fold(text)
	core, bracket := unbracket(folded)
	if strings.TrimSpace(core) == "" {
		core, bracket = bracket, ""
	}
	n := name{plain: compact(folded), core: compact(core), bracket: compact(bracket)}
	n.han = strings.ContainsFunc(core, isHan)
	switch {
	case n.han && person:
		n.key = strings.ReplaceAll(n.core, " ", "")
	case n.han:
		n.key = hanKey(strings.ReplaceAll(n.core, " ", ""))
	default:
		n.words = latinWords(n.core, person)
		n.key = strings.Join(n.words, " ")
	}
	if n.key == "" {
		n.key = n.core
	}
	n.telltale = telltale(n.key)
	return n
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// compact keeps letters and digits; what else stands between two Latin words
// becomes one space, and none is left beside a Chinese character.
func compact(s string) string {
	var b strings.Builder
	gap, last := false, rune(0)
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = gap || r != '\'' && r != '’' && r != '.'
			continue
		}
		if gap && last != 0 && !isHan(last) && !isHan(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		gap, last = false, r
	}
	return b.String()
}

// unbracket splits what stands in brackets off; one that is not closed reaches
// to the end.
func unbracket(s string) (outside, inside string) {
	var out, in strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("([{<〔【《〈「『", r):
			depth++
			in.WriteByte(' ')
			out.WriteByte(' ')
		case strings.ContainsRune(")]}>〕】》〉」』", r):
			depth = max(0, depth-1)
		case depth > 0:
			in.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), in.String()
}

// hanKey makes the ways of naming one institution in Chinese alike.
func hanKey(s string) string {
	for _, form := range hanLegal {
		if t, ok := strings.CutSuffix(s, form); ok && len(t) >= 2*3 {
			s = t
			break
		}
	}
	return hanSynonyms.Replace(s)
}

// hanLegal are legal forms at the end of a name, longest first.
var hanLegal = []string{"集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司", "责任有限公司", "集团公司", "有限公司", "总公司", "公司", "集团"}

// hanSynonyms are the short and long names of kinds of institutions. They are
// tried in this order at every place.
var hanSynonyms = strings.NewReplacer(
	"师范大学", "师大", "大学", "大", "图书馆", "图", "图书室", "图", "中学校", "中", "中学", "中", "小学校", "小", "小学", "小",
	"第一", "一", "第二", "二", "第三", "三", "第四", "四", "第五", "五", "第六", "六", "第七", "七", "第八", "八", "第九", "九", "第十", "十",
	"研究院所", "研院", "研究院", "研院", "研究所", "研所", "有限责任", "", "有限", "", "市立", "市", "省立", "省",
	"办公室", "办", "委员会", "委", "管理局", "局",
)

// latinWords are the words of a Latin name by synonyms, in alphabetical order:
// the order of words means nothing.
func latinWords(s string, person bool) []string {
	var out []string
	for _, w := range strings.Fields(s) {
		if !person {
			if to, ok := latinSynonyms[w]; ok {
				w = to
			}
		}
		if w != "" {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// latinSynonyms lead to one word for each kind; "" is left out.
var latinSynonyms = map[string]string{
	"ltd": "", "limited": "", "inc": "", "incorporated": "", "llc": "", "llp": "", "gmbh": "", "mbh": "", "co": "", "company": "", "corp": "", "corporation": "", "plc": "",
	"ag": "", "sa": "", "srl": "", "bv": "", "nv": "", "kg": "", "pty": "", "pte": "", "kk": "",
	"the": "", "of": "", "and": "", "for": "", "at": "", "in": "", "de": "", "la": "", "le": "", "du": "", "des": "", "der": "", "die": "", "das": "", "und": "", "fur": "", "et": "", "del": "", "di": "",
	"univ": "university", "universitat": "university", "universite": "university", "universidad": "university", "universita": "university", "universiteit": "university", "uni": "university",
	"lib": "library", "libr": "library", "libraries": "library", "bibliothek": "library", "bibliotheque": "library", "biblioteca": "library", "bibliotheek": "library",
	"inst": "institute", "institut": "institute", "instituto": "institute", "institution": "institute",
	"acad": "academy", "akademie": "academy", "academie": "academy", "dept": "department", "coll": "college", "sch": "school",
	"natl": "national", "nat": "national", "intl": "international", "sci": "science", "sciences": "science", "tech": "technology", "technological": "technology",
	"bookstore": "bookshop", "bookstores": "bookshop", "bookshops": "bookshop", "buchhandlung": "bookshop", "librairie": "bookshop",
	"no": "", "nr": "", "st": "saint", "sankt": "saint",
}

// telltale are the characters of which a single one tells institutions apart:
// numbers and points of the compass.
func telltale(key string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || strings.ContainsRune("一二三四五六七八九十东南西北中上下左右前后新老甲乙丙丁", r) {
			return r
		}
		return -1
	}, key)
}

// oneApart tells whether two keys of at least six characters differ by one
// character added, left out, changed or swapped with its neighbour, not among
// the last four when they are Chinese: there the department stands.
func oneApart(a, b *name) bool {
	x, y := []rune(a.key), []rune(b.key)
	if len(x) > len(y) {
		x, y = y, x
	}
	if a.han != b.han || len(x) < 6 || len(y)-len(x) > 1 || a.telltale != b.telltale {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if a.han && i >= len(x)-4 {
		return false
	}
	switch {
	case len(x) != len(y):
		return slices.Equal(x[i:], y[i+1:])
	case i >= len(x)-1:
		return i < len(x)
	case slices.Equal(x[i+1:], y[i+1:]):
		return true
	}
	return x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}
