package duplicate

import (
	"math"
	"slices"
	"strings"
)

// Reason is why a pair was proposed, or what speaks against it.
type Reason string

// The reasons, for the pair and then against it.
const (
	SameName     Reason = "same_name"
	SameBrackets Reason = "same_but_brackets" // equal but for what stands in brackets
	SameSynonym  Reason = "same_but_form"     // equal but for legal form, word order, short and long forms
	SameLatin    Reason = "same_latin_name"
	NearName     Reason = "one_character"
	SamePhone    Reason = "same_phone"
	SameMail     Reason = "same_email"
	SameDomain   Reason = "same_email_domain"
	SameVAT      Reason = "same_vat_no"
	SameNo       Reason = "same_customer_no"
	SameAddress  Reason = "same_address"
	SamePostcode Reason = "same_postcode"
	SameRegion   Reason = "same_region"
	SameFirst    Reason = "same_first_contact"
	SharedPerson Reason = "orders_by_same_person" // an order of one names a contact person of the other

	OtherBrackets Reason = "other_brackets"
	OtherName     Reason = "other_name"
	OtherLatin    Reason = "other_latin_name"
	OtherVAT      Reason = "other_vat_no"
	OtherRegion   Reason = "other_region"
	OtherType     Reason = "other_type"
	OtherFirst    Reason = "other_first_contact"
	OtherReach    Reason = "other_contacts" // both have telephones or e-mail addresses, none in common
	Related       Reason = "parent_and_child"
)

// against are the reasons that speak against a pair.
var against = map[Reason]bool{OtherBrackets: true, OtherName: true, OtherLatin: true, OtherVAT: true, OtherRegion: true, OtherType: true, OtherFirst: true, OtherReach: true, Related: true}

// Against tells whether a reason speaks against the pair.
func (r Reason) Against() bool { return against[r] }

// words are the reasons in English.
var words = map[Reason]string{
	SameName: "same name", SameBrackets: "names equal but for brackets", SameSynonym: "names equal but for form or word order", SameLatin: "same name in Latin letters",
	NearName: "names one character apart", SamePhone: "same phone", SameMail: "same e-mail address", SameDomain: "same e-mail domain", SameVAT: "same tax number",
	SameNo: "same customer number but for letters and zeros", SameAddress: "same address", SamePostcode: "same postcode", SameRegion: "same region",
	SameFirst: "same day of first contact", SharedPerson: "orders of one by a contact person of the other",
	OtherBrackets: "other brackets", OtherName: "other name", OtherLatin: "other name in Latin letters", OtherVAT: "other tax number", OtherRegion: "other region",
	OtherType: "other type", OtherFirst: "other day of first contact", OtherReach: "no phone or e-mail address in common", Related: "one belongs to the other",
}

// Explain puts reasons into a sentence's worth of words.
func Explain(reasons []Reason) string {
	var pro, con []string
	for _, r := range reasons {
		if r.Against() {
			con = append(con, words[r])
		} else {
			pro = append(pro, words[r])
		}
	}
	s := strings.Join(pro, "; ")
	if len(con) > 0 {
		s += " (but " + strings.Join(con, ", ") + ")"
	}
	return s
}

// prior is the evidence a pair needs to be as likely one customer as two, bits.
// The weights below were set on generated companies of other seeds and sizes
// than those of the test, and rounded.
const prior = -7

// evidence collects bits and reasons.
type evidence struct {
	bits    float64
	reasons []Reason
}

func (e *evidence) add(bits float64, why Reason) {
	e.bits += bits
	e.reasons = append(e.reasons, why)
}

// judge weighs a pair.
func (l *list) judge(i, k int32) Candidate {
	a, b := &l.customers[i], &l.customers[k]
	x, y := &l.records[i], &l.records[k]
	if a.MergedInto != "" || b.MergedInto != "" {
		return Candidate{}
	}
	e := &evidence{bits: prior}
	l.names2(e, x, y)
	l.reach(e, x, y)
	places(e, x, y)
	if l.shared[pairOf(i, k)] {
		e.add(6, SharedPerson)
	}
	switch {
	case a.FirstContact == "" || b.FirstContact == "":
	case a.FirstContact == b.FirstContact:
		// A day that far more share than the days of ten years would is the day
		// of a migration, not of a contact.
		e.add(rare(6, l.firsts[a.FirstContact]-len(l.records)/500, 0), SameFirst)
	default:
		e.add(-2, OtherFirst)
	}
	if a.Type != "" && b.Type != "" && a.Type != b.Type {
		e.add(-2, OtherType)
	}
	if a.Parent == b.ID || b.Parent == a.ID {
		e.add(-6, Related)
	}
	if b.Created != "" && (a.Created == "" || b.Created < a.Created) {
		a, b = b, a
	}
	return Candidate{Keep: a.ID, Drop: b.ID, KeepName: a.Name, DropName: b.Name, Person: x.person && y.person, Score: probability(e.bits), Reasons: e.reasons}
}

// rare is how much a shared value tells: bits less one for each doubling of its
// holders beyond the two.
func rare(bits float64, holders int, least float64) float64 {
	return max(least, bits-math.Log2(float64(max(1, holders-1))))
}

func (l *list) names2(e *evidence, x, y *record) {
	full := 9.0
	if x.person || y.person {
		full = 5
	}
	holders := l.names[x.name.key]
	switch {
	case x.name.core == "" || y.name.core == "":
	case x.name.plain == y.name.plain:
		e.add(rare(full, holders, 1), SameName)
	case x.name.core == y.name.core && (x.name.bracket == "" || y.name.bracket == ""):
		e.add(rare(full-1.5, holders, 1), SameBrackets)
	case x.name.key == y.name.key && x.name.bracket == y.name.bracket:
		e.add(rare(full-1.5, holders, 1), SameSynonym)
	case x.name.key == y.name.key:
		e.add(rare(full-5, holders, 0), OtherBrackets)
	case !x.person && !y.person && oneApart(&x.name, &y.name):
		e.add(3.5, NearName)
	case x.name.han != y.name.han && (x.latin.key != "" && x.latin.key == y.name.key || y.latin.key != "" && y.latin.key == x.name.key):
		e.add(rare(full-1.5, holders, 1), SameLatin)
	case x.name.han != y.name.han:
	default:
		e.add(-5, OtherName)
	}
	if x.latin.key == "" || y.latin.key == "" || x.name.key == x.latin.key && y.name.key == y.latin.key {
		return
	}
	if x.latin.key == y.latin.key {
		e.add(1, SameLatin)
	} else {
		e.add(-2, OtherLatin)
	}
}

// reach weighs telephone, e-mail, tax and customer numbers.
func (l *list) reach(e *evidence, x, y *record) {
	n, call := rarest(l.phones, x.phones, y.phones)
	if call {
		e.add(rare(6, n, 0), SamePhone)
	}
	n, mail := rarest(l.mails, x.mails, y.mails)
	switch {
	case mail:
		e.add(rare(7, n, 0), SameMail)
	case !call && len(x.phones)+len(x.mails) > 0 && len(y.phones)+len(y.mails) > 0:
		e.add(-2, OtherReach)
	}
	if n, ok := rarest(l.domains, x.domains, y.domains); ok && !mail && n <= 20 {
		e.add(rare(3, n, 0), SameDomain)
	}
	switch {
	case x.vat == "" || y.vat == "":
	case x.vat == y.vat:
		e.add(10, SameVAT)
	default:
		e.add(-6, OtherVAT)
	}
	if x.no != "" && x.no == y.no {
		e.add(5, SameNo)
	}
}

// rarest is the fewest holders of a value that both have.
func rarest(holders map[string]int, x, y []string) (n int, ok bool) {
	for _, v := range x {
		if _, both := slices.BinarySearch(y, v); both && (!ok || holders[v] < n) {
			n, ok = holders[v], true
		}
	}
	return n, ok
}

// places weighs address, postcode and region.
func places(e *evidence, x, y *record) {
	if x.address != "" && x.address == y.address {
		e.add(4, SameAddress)
	}
	if x.postcode != "" && x.postcode == y.postcode {
		e.add(1, SamePostcode)
	}
	switch {
	case x.region == "" || y.region == "":
	case x.region == y.region && (x.person || y.person):
		e.add(1.5, SameRegion)
	case x.region == y.region:
		e.add(2, SameRegion)
	default:
		e.add(-4, OtherRegion)
	}
}
