package olaptest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Shape says how large and how untidy a warehouse is.
type Shape struct {
	Seed      uint64
	From      time.Time // first possible order date
	AsOf      time.Time // last possible order date
	Customers int
	Titles    int
	Orders    int
	Nulls     float64 // chance that an optional value is missing
	Unknown   float64 // chance that a reference of a fact is the unknown member
	Ties      bool    // few distinct prices, so that members tie
}

// Default is the shape of [Star].
func Default() Shape {
	return Shape{Seed: 1, From: day(2023, 1, 1), AsOf: day(2025, 6, 30),
		Customers: 60, Titles: 120, Orders: 680, Nulls: 0.05, Unknown: 0.02}
}

// Build makes the rows of a shape.
func Build(s Shape) *Data {
	b := &builder{shape: s, data: &Data{}, rng: rand.New(rand.NewPCG(s.Seed, 1))}
	b.dates()
	b.classes()
	b.regions()
	b.partners()
	b.customers()
	b.titles()
	b.orders()
	b.returns()
	b.versions()
	b.landed()
	b.scores()
	b.standings()
	b.records()
	return b.data
}

type builder struct {
	shape Shape
	data  *Data
	rng   *rand.Rand
}

// maybe is v, or nil with the chance of Nulls.
func (b *builder) maybe(v any) any {
	if b.rng.Float64() < b.shape.Nulls {
		return nil
	}
	return v
}

// key is one of n dense keys from 1, or -1 with the chance of Unknown. Low keys
// come more often.
func (b *builder) key(n int) int {
	if b.rng.Float64() < b.shape.Unknown {
		return -1
	}
	f := b.rng.Float64()
	return 1 + int(f*f*float64(n))
}

func pick[T any](b *builder, list []T) T { return list[b.rng.IntN(len(list))] }

const unknown = "(unknown)"

var classes = []struct{ code, zh, en, parent, group, bucket string }{
	{"B", "哲学、宗教", "Philosophy and religion", "", "humanities", "B"},
	{"F", "经济", "Economics", "", "social sciences", "F"},
	{"F2", "经济计划与管理", "Economic planning and management", "F", "social sciences", "F"},
	{"F27", "企业经济", "Business economics", "F2", "social sciences", "F"},
	{"I", "文学", "Literature", "", "humanities", "I"},
	{"O", "数理科学和化学", "Mathematics, physics and chemistry", "", "natural sciences", "O"},
	{"O1", "数学", "Mathematics", "O", "natural sciences", "O"},
	{"O2", "数学", "Mathematics", "O", "natural sciences", "O"},
	{"R", "医药、卫生", "Medicine and health", "", "natural sciences", "R"},
	{"T", "工业技术", "Industrial technology", "", "engineering", "T-other"},
	{"TP", "自动化技术、计算机技术", "Automation and computing", "T", "engineering", "TP"},
	{"TP3", "计算技术、计算机技术", "Computing", "TP", "engineering", "TP"},
	{"TU", "建筑科学", "Architecture and construction", "T", "engineering", "TU"},
	{"Z", "综合性图书", "General works", "", "general", "Z"},
}

func (b *builder) classes() {
	t := b.data.table("core.dim_clc", `clc_key code name_zh name_en level parent_key path
		l1_code l1_name_zh l1_name_en l2_code l2_name_zh l2_name_en l3_code l3_name bucket bucket_name_zh bucket_name_en group5`)
	t.add(-1, unknown, unknown, unknown, nil, -1, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
	keys := map[string]int{"": -1}
	for i, c := range classes {
		keys[c.code] = i + 1
	}
	for i, c := range classes {
		path := []int{i}
		for p := c.parent; p != ""; p = classes[keys[p]-1].parent {
			path = append([]int{keys[p] - 1}, path...)
		}
		names := make([]any, 8)
		full := ""
		for depth, at := range path {
			a := classes[at]
			full += "/" + a.code
			switch depth {
			case 0:
				names[0], names[1], names[2] = a.code, a.zh, a.en
			case 1:
				names[3], names[4], names[5] = a.code, a.zh, a.en
			case 2:
				names[6], names[7] = a.code, a.en
			}
		}
		zh, en := c.zh, c.en
		if c.bucket == "T-other" {
			zh, en = "其他工业技术", "Other technology"
		} else {
			for _, a := range classes {
				if a.code == c.bucket {
					zh, en = a.zh, a.en
				}
			}
		}
		row := []any{i + 1, c.code, c.zh, c.en, len(path), keys[c.parent], full[1:]}
		row = append(row, names...)
		t.add(append(row, c.bucket, zh, en, c.group)...)
	}
	area := b.data.table("core.world_area", "area_code name_zh name_en parent_code")
	area.add("2", "中国", "China", nil)
	area.add("7", "美洲", "Americas", nil)
}

var regions = []struct{ code, name, level, country, area, areaZH, province, provinceZH string }{
	{"110000", "Beijing", "province", "China", "North", "华北", "Beijing", "北京"},
	{"120000", "Tianjin", "province", "China", "North", "华北", "Tianjin", "天津"},
	{"210100", "Shenyang", "prefecture", "China", "Northeast", "东北", "Liaoning", "辽宁"},
	{"310000", "Shanghai", "province", "China", "East", "华东", "Shanghai", "上海"},
	{"320100", "Nanjing", "prefecture", "China", "East", "华东", "Jiangsu", "江苏"},
	{"320500", "Suzhou", "prefecture", "China", "East", "华东", "Jiangsu", "江苏"},
	{"420100", "Wuhan", "prefecture", "China", "Central", "华中", "Hubei", "湖北"},
	{"440100", "Guangzhou", "prefecture", "China", "South", "华南", "Guangdong", "广东"},
	{"510100", "Chengdu", "prefecture", "China", "Southwest", "西南", "Sichuan", "四川"},
	{"610100", "Xi'an", "prefecture", "China", "Northwest", "西北", "Shaanxi", "陕西"},
	{"HK", "Hong Kong", "province", "China", "Hong Kong", "香港", "Hong Kong", "香港"},
	{"GB", "United Kingdom", "country", "United Kingdom", "United Kingdom", "英国", "", ""},
}

func (b *builder) regions() {
	t := b.data.table("core.dim_geo", `geo_key region_code name level country area area_zh province province_zh prefecture county is_inferred`)
	t.add(-1, unknown, unknown, nil, nil, nil, nil, nil, nil, nil, nil, false)
	for i, r := range regions {
		var province, provinceZH, prefecture any
		if r.province != "" {
			province, provinceZH = r.province, r.provinceZH
		}
		if r.level == "prefecture" {
			prefecture = r.name
		}
		t.add(i+1, r.code, r.name, r.level, r.country, r.area, r.areaZH, province, provinceZH, prefecture, nil, false)
	}
}

var (
	suppliers = []string{"Acorn Press", "Birch Academic", "Cedar House", "Delta Science", "Elm & Sons", "Fjord Books",
		"Grove University Press", "Harbour", "Iris", "Juniper", "Kestrel", "Linden"}
	employees = []struct{ name, dept string }{{"Zhao Min", "Libraries"}, {"Qian Li", "Libraries"}, {"Sun Yu", "Bookstores"},
		{"Li Na", "Bookstores"}, {"Zhou Jie", "Universities"}, {"Wu Fang", "Universities"}, {"Zheng Hao", "Web"}, {"Wang Wei", "Web"}}
	channels = []struct{ id, kind string }{{"mail", "direct"}, {"fax", "direct"}, {"phone", "direct"}, {"e-mail", "direct"},
		{"web", "web"}, {"edi", "direct"}, {"fair", "fair"}, {"agent", "agent"}, {"visit", "direct"}}
	// managers are the keys of the employees' managers. Li Na reports to Sun Yu,
	// Sun Yu and Qian Li to Zhao Min, Wu Fang to Zhou Jie.
	managers   = []int{-1, 1, 1, 3, -1, 5, -1, -1}
	currencies = []struct {
		ccy, name string
		rate      int64 // ten-thousandths of the report currency
	}{{"CNY", "Renminbi", 10000}, {"USD", "US dollar", 72000}, {"GBP", "Pound sterling", 91000}, {"EUR", "Euro", 78000}}
)

func (b *builder) partners() {
	t := b.data.table("core.dim_supplier", "supplier_key supplier_id name type country ccy lead_days_quoted payment_days status is_inferred")
	t.add(-1, unknown, unknown, nil, nil, nil, nil, nil, nil, false)
	for i, name := range suppliers {
		t.add(i+1, fmt.Sprintf("S%02d", i+1), name, b.maybe(pick(b, []string{"publisher", "wholesaler"})),
			b.maybe(pick(b, []string{"United Kingdom", "United States", "Germany"})), currencies[i%4].ccy, 30+5*i, 60, "active", false)
	}
	t = b.data.table("core.dim_employee", "employee_key employee_id name dept manager_key hire_date leave_date is_active territory is_inferred")
	t.add(-1, unknown, unknown, nil, -1, nil, nil, nil, nil, false)
	for i, e := range employees {
		var left any
		if i == 3 {
			left = day(2024, 12, 31)
		}
		t.add(i+1, fmt.Sprintf("E%02d", i+1), e.name, e.dept, managers[i], day(2019, 3, 1), left, left == nil, nil, false)
	}
	t = b.data.table("core.dim_channel", "channel_key channel_id name kind level parent_key is_inferred")
	t.add(-1, unknown, unknown, nil, nil, -1, false)
	for i, c := range channels {
		level, above := 1, -1
		if c.id == "fax" || c.id == "phone" { // by way of mail
			level, above = 2, 1
		}
		t.add(i+1, c.id, c.id, c.kind, level, above, false)
	}
	t = b.data.table("core.dim_currency", "currency_key ccy name")
	t.add(-1, unknown, unknown)
	for i, c := range currencies {
		t.add(i+1, c.ccy, c.name)
	}
	b.campaigns()
}

// campaigns are a fair, a mailing with two waves, and one of which little is known.
var campaigns = []struct {
	name, kind string
	parent     int
}{{"Book fair", "fair", -1}, {"Spring mailing", "catalogue_mailing", -1}, {"Spring mailing, first wave", "email", 2}, {"Spring mailing, second wave", "email", 2}, {"Tour", "", -1}}

func (b *builder) campaigns() {
	t := b.data.table("core.dim_campaign", `campaign_key campaign_id name parent_key programme_key programme level type medium place
		plan_start plan_end act_start act_end start_date year start_slip_days end_slip_days owner_employee_key budget objective predicted_effect is_inferred`)
	t.add(-1, nil, unknown, -1, -1, unknown, nil, unknown, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, -1, nil, nil, nil, false)
	for i, c := range campaigns {
		top, level, kind, start := i+1, 1, any(c.kind), day(2024, time.Month(1+i), 5)
		if c.parent > 0 {
			top, level = c.parent, 2
		}
		if c.kind == "" {
			kind = nil
		}
		t.add(i+1, fmt.Sprintf("K%d", i+1), c.name, c.parent, top, campaigns[top-1].name, level, kind, "post", nil,
			start, start, start, start, start, 2024, 0, 0, 1, nil, "orders", nil, false)
	}
}

func (b *builder) customers() {
	t := b.data.table("core.dim_customer", `customer_key customer_id customer_no name name_en customer_type subtype parent_customer_key
		group_name industry geo_key city channel_key owner_employee_key first_contact_date first_contact_source created_date status
		credit_limit credit_days annual_book_budget pref_language consent_marketing first_order_date last_order_date
		cohort_month cohort_year is_inferred`)
	row := make([]any, len(t.Columns))
	row[0], row[1], row[3], row[7], row[10], row[12], row[13], row[27] = -1, unknown, unknown, -1, -1, -1, -1, false
	t.add(row...)
	kinds := []string{"library", "university", "institute", "bookstore", "reader"}
	for i := range b.shape.Customers {
		n := i + 1
		// Two readers may share a name: members are told apart by key, not by name.
		name := fmt.Sprintf("Customer %03d", n)
		if n%19 == 0 {
			name = "Chen Wei"
		}
		kind := kinds[i%len(kinds)]
		geo := 1 + b.rng.IntN(len(regions))
		var group any
		above := -1
		if i%6 == 0 {
			group = fmt.Sprintf("Group %d", 1+i/6%3)
			if i >= 18 { // the customer before it in the group
				above = n - 18
			}
		}
		t.add(n, fmt.Sprint(1000+n), fmt.Sprintf("C%04d", n), name, nil, b.maybe(kind), b.maybe(kind+" "+pick(b, []string{"A", "B"})),
			above, group, nil, geo, regions[geo-1].name, 1+b.rng.IntN(len(channels)), 1+b.rng.IntN(len(employees)),
			day(2022, 6, 1).AddDate(0, 0, i), b.maybe("fair"), day(2022, 7, 1).AddDate(0, 0, i), pick(b, []string{"active", "active", "on hold"}),
			Money(50000_0000), 60, b.maybe(Money(int64(100000+1000*i)*10000)), "zh", i%2 == 0, nil, nil, nil, nil, false)
	}
}

func (b *builder) titles() {
	t := b.data.table("core.dim_title", `title_key title_id isbn13 isbn_valid title title_zh work_id edition series_id publisher_key publisher
		imprint pub_date pub_year pub_status language country binding level list_price list_ccy price_band clc_primary clc_key
		catalogue_code is_textbook first_listed is_inferred`)
	row := make([]any, len(t.Columns))
	row[0], row[1], row[4], row[9], row[23], row[27] = -1, unknown, unknown, -1, -1, false
	t.add(row...)
	bridge := b.data.table("core.bridge_title_clc", "title_key clc_key weight is_primary")
	for i := range b.shape.Titles {
		n := i + 1
		class := 1 + b.rng.IntN(len(classes))
		publisher := 1 + b.rng.IntN(len(suppliers))
		year := 2015 + b.rng.IntN(10)
		units := 20 + 5*b.rng.IntN(40)
		if b.shape.Ties {
			units = 20
		}
		band := "under 100"
		if units >= 100 {
			band = "100 and over"
		}
		t.add(n, fmt.Sprint(5000+n), b.maybe(fmt.Sprintf("97800000%05d", n)), true, fmt.Sprintf("Title %03d", n), nil,
			nil, "1", nil, publisher, suppliers[publisher-1], nil, day(year, 3, 1), b.maybe(year), "available",
			b.maybe(pick(b, []string{"eng", "ger", "fre", "chi"})), nil, pick(b, []string{"hardback", "paperback"}),
			b.maybe(pick(b, []string{"research", "undergraduate", "general"})), Money(int64(units)*10000), "USD", band,
			classes[class-1].code, class, b.maybe(pick(b, []string{"2024-A", "2024-B", "2025-A"})), n%7 == 0, day(year, 5, 1), false)
		bridge.add(n, class, 1.0, true)
	}
}
