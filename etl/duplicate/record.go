package duplicate

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// record is a customer as it is compared.
type record struct {
	name     name
	latin    name // of name_en
	person   bool
	region   string
	address  string
	postcode string
	no       string
	vat      string
	phones   []string
	mails    []string
	domains  []string
}

// list is all records, with how often what they hold occurs.
type list struct {
	customers []Customer
	records   []record
	names     map[string]int
	phones    map[string]int
	mails     map[string]int
	domains   map[string]int
	firsts    map[string]int // days of first contact
	shared    map[pair]bool
}

func newList(customers []Customer, shared []Shared, workers int) *list {
	l := &list{customers: customers, records: make([]record, len(customers)), names: map[string]int{}, phones: map[string]int{},
		mails: map[string]int{}, firsts: map[string]int{}, domains: map[string]int{}, shared: map[pair]bool{}}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(customers); i += workers {
				l.records[i] = recordOf(&customers[i])
			}
		})
	}
	wait.Wait()
	at := make(map[string]int32, len(customers))
	for i := range l.records {
		r := &l.records[i]
		at[customers[i].ID] = int32(i)
		l.names[r.name.key]++
		l.firsts[customers[i].FirstContact]++
		count(l.phones, r.phones)
		count(l.mails, r.mails)
		count(l.domains, r.domains)
	}
	for _, s := range shared {
		a, okA := at[s.A]
		b, okB := at[s.B]
		if okA && okB && a != b {
			l.shared[pairOf(a, b)] = true
		}
	}
	return l
}

func count(in map[string]int, values []string) {
	for _, v := range values {
		in[v]++
	}
}

func recordOf(c *Customer) record {
	r := record{person: c.Type == "individual", region: strings.TrimSpace(c.Region), address: alnum(fold(c.Address)),
		postcode: alnum(fold(c.Postcode)), no: customerNo(c.No), vat: alnum(fold(c.VAT))}
	text := c.Name
	if strings.TrimSpace(text) == "" {
		text = c.NameEN
	}
	r.name, r.latin = readName(text, r.person), readName(c.NameEN, r.person)
	for _, p := range c.Phones {
		if p = phone(p); p != "" {
			r.phones = append(r.phones, p)
		}
	}
	for _, m := range c.Emails {
		m = strings.Trim(fold(m), "<>")
		user, domain, ok := strings.Cut(m, "@")
		if !ok || user == "" || !strings.Contains(domain, ".") {
			continue
		}
		r.mails = append(r.mails, m)
		if !public[domain] {
			r.domains = append(r.domains, domain)
		}
	}
	for _, s := range []*[]string{&r.phones, &r.mails, &r.domains} {
		slices.Sort(*s)
		*s = slices.Compact(*s)
	}
	return r
}

// public are mail providers: their domain tells nothing.
var public = map[string]bool{"qq.com": true, "vip.qq.com": true, "163.com": true, "126.com": true, "yeah.net": true, "sina.com": true, "sina.cn": true, "sohu.com": true,
	"foxmail.com": true, "aliyun.com": true, "139.com": true, "189.cn": true, "gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true,
	"live.com": true, "msn.com": true, "yahoo.com": true, "yahoo.cn": true, "icloud.com": true, "me.com": true, "gmx.de": true, "web.de": true, "mail.ru": true, "proton.me": true}

func alnum(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// phone is a number without its country's and trunk's digits, by its last ten
// digits; "" when too short to tell anything, or one digit over and over.
func phone(s string) string {
	d := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, fold(s))
	d = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(d, "0"), "86"), "0")
	if len(d) < 7 || strings.Count(d, d[:1]) == len(d) {
		return ""
	}
	return d[max(0, len(d)-10):]
}

// customerNo is what stays of a customer number through the years: its digits
// without zeros in front. Numbers of fewer than three digits tell nothing.
func customerNo(s string) string {
	s = strings.TrimLeft(alnum(fold(s)), "abcdefghijklmnopqrstuvwxyz旧老原")
	s = strings.TrimRight(strings.TrimLeft(s, "0"), "abcdefghijklmnopqrstuvwxyz旧老原")
	if len(s) < 3 {
		return ""
	}
	return s
}
