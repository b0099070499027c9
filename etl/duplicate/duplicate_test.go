package duplicate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func find(t *testing.T, customers ...Customer) []Candidate {
	t.Helper()
	found, _, err := Find(context.Background(), customers, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestNames holds which names are one and which are two, in one region.
func TestNames(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
		why  Reason
	}{
		{"上海图书馆", "上海圖書館", true, SameName},
		{"上海图书馆", "上海 图书馆", true, SameName},
		{"ＡＢＣ图书公司", "abc图书公司", true, SameName},
		{"上海图书馆", "上海图书馆（采访部）", true, SameBrackets},
		{"清源大学外语系", "清源大外语系", true, SameSynonym},
		{"新华文化传播有限公司", "新华文化传播公司", true, SameSynonym},
		{"北京第一中学", "北京一中", true, SameSynonym},
		{"Oxford University Library", "Univ. of Oxford, Library", true, SameSynonym},
		{"Müller Buchhandlung GmbH", "MULLER BUCHHANDLUNG", true, SameSynonym},
		{"Acme Inc.", "ACME Incorporated", true, SameSynonym},
		{"Institute of Physics", "Physics Inst.", true, SameSynonym},
		{"北京第一中学", "北京第二中学", false, ""},
		{"成都大学外语系", "成都大学数学系", false, ""},
		{"Springer (Berlin)", "Springer (Heidelberg)", false, ""},
		{"School No. 1 of Kiev", "School No. 2 of Kiev", false, ""},
		{"上海东方图书贸易", "上海西方图书贸易", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.a+" "+tt.b, func(t *testing.T) {
			found := find(t, Customer{ID: "1", Name: tt.a, Region: "310000", Type: "library"}, Customer{ID: "2", Name: tt.b, Region: "310000", Type: "library"})
			if (len(found) == 1) != tt.same {
				t.Fatalf("%+v", found)
			}
			if tt.same && found[0].Reasons[0] != tt.why {
				t.Errorf("%+v, want %s", found[0], tt.why)
			}
		})
	}
}

// TestPeople holds that a common name alone is no reason.
func TestPeople(t *testing.T) {
	a := Customer{ID: "1", Name: "王伟", Region: "310000", Type: "individual", Created: "2020-01-01"}
	b := Customer{ID: "2", Name: "王 偉", Region: "310000", Type: "individual", Created: "2021-01-01"}
	if found := find(t, a, b); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	a.Phones, b.Phones = []string{"+86 138-0013-8000"}, []string{"13800138000"}
	found := find(t, b, a)
	if len(found) != 1 || found[0].Keep != "1" || !found[0].Person || Explain(found[0].Reasons) != "same name; same phone; same region" {
		t.Errorf("%+v", found)
	}
	if found := find(t, Customer{ID: "1", Name: "Peng Hu", Type: "individual", Emails: []string{"Hu@x.org"}}, Customer{ID: "2", Name: "HU, Peng", Type: "individual", Emails: []string{"hu@X.org"}}); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// TestEvidence holds what else brings a pair together or keeps it apart.
func TestEvidence(t *testing.T) {
	base := Customer{ID: "1", Name: "青溪大学图书馆", Region: "310000", Type: "library"}
	other := base
	other.ID = "2"
	tests := map[string]struct {
		change func(a, b *Customer)
		want   Reason
		found  bool
	}{
		"tax number":       {func(a, b *Customer) { a.VAT, b.VAT = "CN-91 310", "cn91310" }, SameVAT, true},
		"other tax number": {func(a, b *Customer) { a.VAT, b.VAT = "1", "2" }, OtherVAT, false},
		"other region":     {func(_, b *Customer) { b.Region = "110000" }, OtherRegion, false},
		"old number":       {func(a, b *Customer) { a.No, b.No = "C00123", "旧0123" }, SameNo, true},
		"address":          {func(a, b *Customer) { a.Address, b.Address = "淮海中路１５５５号", "淮海中路 1555 号" }, SameAddress, true},
		"domain":           {func(a, b *Customer) { a.Emails, b.Emails = []string{"a@lib.cn"}, []string{"b@lib.cn"} }, SameDomain, true},
		"merged already":   {func(_, b *Customer) { b.MergedInto = "1" }, "", false},
		"its own branch":   {func(a, b *Customer) { b.Parent = a.ID }, Related, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := base, other
			tt.change(&a, &b)
			found := find(t, a, b)
			if (len(found) == 1) != tt.found || tt.found && !strings.Contains(fmt.Sprint(found[0].Reasons), string(tt.want)) {
				t.Errorf("%+v", found)
			}
		})
	}
}

// TestSmall holds none, one, empty and hostile records.
func TestSmall(t *testing.T) {
	for name, customers := range map[string][]Customer{
		"none": nil, "one": {{ID: "1", Name: "x"}}, "the same id": {{ID: "1", Name: "x"}, {ID: "1", Name: "x"}},
		"empty":  {{ID: "1"}, {ID: "2"}, {ID: "3", Name: " "}, {ID: "4", Name: "()（）"}},
		"broken": {{ID: "1", Name: "\xff\xfe((((", Phones: []string{"\x00"}, Emails: []string{"@", "a@", "@b.c"}}, {ID: "2", Name: strings.Repeat("）", 9999)}},
	} {
		if found := find(t, customers...); len(found) != 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
	hostile := "'; DROP TABLE stage.customer; --\n\u202e<script>"
	if found := find(t, Customer{ID: "a'b", Name: hostile, Region: "x"}, Customer{ID: "a\"b", Name: hostile, Region: "x"}); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// TestAllEqual holds that ten thousand records of one name take no square of
// time and propose no square of pairs.
func TestAllEqual(t *testing.T) {
	customers := make([]Customer, 10_000)
	for i := range customers {
		customers[i] = Customer{ID: fmt.Sprint(i), Name: "王伟", Type: "library", Region: "310000", FirstContact: "2020-01-01", Emails: []string{"a@b.cn"}, Phones: []string{"13800138000"}}
	}
	_, stats, err := Find(context.Background(), customers, nil, Options{})
	if err != nil || stats.Crowded == 0 || stats.Compared > 10*near*len(customers) {
		t.Errorf("%+v, %v", stats, err)
	}
}

// TestOrderAndWorkers holds that neither changes the answer.
func TestOrderAndWorkers(t *testing.T) {
	customers := crowdOf(2000, 5)
	want := find(t, customers...)
	if len(want) < 20 {
		t.Fatal(len(want))
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(customers), func(i, k int) { customers[i], customers[k] = customers[k], customers[i] })
	got, _, err := Find(context.Background(), customers, nil, Options{Workers: 1})
	if err != nil || cmp.Diff(want, got) != "" {
		t.Error(err, cmp.Diff(want, got))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Find(ctx, customers, nil, Options{}); err == nil {
		t.Error("a cancelled search went on")
	}
}

// TestCluster holds that three records of one customer hang together.
func TestCluster(t *testing.T) {
	found := find(t, Customer{ID: "10", Name: "甲图书馆", Region: "1"}, Customer{ID: "9", Name: "乙图书馆", Region: "1", VAT: "7"}, Customer{ID: "11", Name: "甲圖書館", Region: "1"},
		Customer{ID: "12", Name: "甲图书馆(旧)", Region: "1"}, Customer{ID: "13", Name: "乙图书馆", Region: "1", VAT: "7"})
	clusters := map[string]int{}
	for _, c := range found {
		clusters[c.Keep], clusters[c.Drop] = c.Cluster, c.Cluster
	}
	if len(clusters) != 5 || clusters["10"] != clusters["11"] || clusters["11"] != clusters["12"] || clusters["9"] != clusters["13"] || clusters["9"] == clusters["10"] || clusters["9"] != 1 {
		t.Errorf("%v", clusters)
	}
}

// crowdOf makes n customers of which one in fifty is there twice.
func crowdOf(n int, seed uint64) []Customer {
	d := rand.New(rand.NewPCG(seed, 1))
	parts := [][]string{{"上海", "北京", "成都", "西安", "武汉", "南京", "广州", "长沙"}, {"青溪", "河东", "星城", "云台", "松江", "南湖", "临湖", "锦屏", "海岳", "安禾"},
		{"大学", "师范大学", "学院", "中学", "科技"}, {"图书馆", "外语系", "数学系", "教材科", "研究院", "文化传播有限公司"}}
	runes := []rune("明德博文正信弘毅思源求是知行立新启智致远诚朴雄伟")
	var out []Customer
	for i := range n {
		name := ""
		for k, p := range parts {
			name += p[d.IntN(len(p))]
			if k == 1 {
				name += string(runes[d.IntN(len(runes))]) + string(runes[d.IntN(len(runes))])
			}
		}
		c := Customer{ID: fmt.Sprint(i + 1), No: fmt.Sprintf("C%06d", i+1), Name: name, Type: "university", Region: fmt.Sprint(310000 + d.IntN(300)),
			Phones: []string{fmt.Sprintf("021-%08d", d.IntN(90000000))}, Emails: []string{fmt.Sprintf("u%d@org%d.cn", i, d.IntN(n))}, FirstContact: fmt.Sprintf("20%02d-%02d-%02d", d.IntN(20), 1+d.IntN(12), 1+d.IntN(28))}
		out = append(out, c)
		if d.IntN(50) == 0 {
			c.ID, c.Name, c.Emails = c.ID+"0000000", strings.Replace(c.Name, "图书馆", "圖書館", 1)+"（旧）", nil
			out = append(out, c)
		}
	}
	return out
}

// TestManyCustomers holds that the work grows with the customers, not with their
// square: from 10,000 to 40,000 the pairs compared grow no more than sevenfold.
func TestManyCustomers(t *testing.T) {
	compared := func(n int) int {
		began := time.Now()
		found, stats, err := Find(context.Background(), crowdOf(n, 9), nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d customers: %d pairs compared, %d crowded keys, %d candidates, %v", stats.Customers, stats.Compared, stats.Crowded, len(found), time.Since(began).Round(time.Millisecond))
		return stats.Compared
	}
	small, large := compared(10_000), compared(40_000)
	if large > 7*small {
		t.Errorf("%d pairs of 10,000 customers, %d of 40,000", small, large)
	}
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{100_000} {
		customers := crowdOf(n, 9)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := Find(context.Background(), customers, nil, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzName(f *testing.F) {
	f.Add("上海圖書館（旧）", "Univ. of Oxford", true)
	f.Fuzz(func(_ *testing.T, a, b string, person bool) {
		x, y := readName(a, person), readName(b, person)
		oneApart(&x, &y)
		phone(a)
		customerNo(b)
	})
}
