package olaptest

import "time"

// landed adds what it cost to bring lines in, their flags and the catalogues
// they answered: no catalogue for two lines in three, and a freight that is not
// known yet for one in seven.
func (b *builder) landed() {
	flags := b.data.table("core.dim_order_flags", `order_flag_key is_rush is_textbook is_web is_first_order is_promotion is_forthcoming`)
	flags.add(-1, nil, nil, nil, nil, nil, nil)
	for n := range 64 {
		bit := func(place int) bool { return n>>place&1 == 1 }
		flags.add(n+1, bit(0), bit(1), bit(2), bit(3), bit(4), bit(5))
	}
	catalogues := b.data.table("core.dim_catalogue", `catalogue_key catalogue_id name code medium`)
	catalogues.add(-1, nil, "(unknown)", nil, nil)
	catalogues.add(1, "11", "T 202401", "T", "print")
	catalogues.add(2, "12", "T 202402", "T", "e")
	catalogues.add(3, "13", "FAIR 2024", "FAIR", nil)
	lines := b.data.Table("core.fact_order_line")
	qty, net, cost := lines.Column("qty"), lines.Column("net"), lines.Column("cost")
	rush, textbook, date := lines.Column("is_rush"), lines.Column("is_textbook"), lines.Column("order_date")
	lines.Columns = append(lines.Columns, "order_flag_key", "catalogue_key", "freight", "duty", "handling", "landed_cost", "gross_margin")
	for i, row := range lines.Rows {
		flag := 1
		if row[rush] == true {
			flag++
		}
		if row[textbook] == true {
			flag += 2
		}
		flag += 4 * (row[date].(time.Time).Day() % 16 / 2)
		catalogue := -1
		if i%3 == 0 {
			catalogue = 1 + i/3%3
		}
		copies := row[qty].(int64)
		var freight, duty, landed, margin any
		if i%7 != 0 {
			freight, duty = Money(copies*31_700), Money(copies*8_300)
			if row[cost] != nil {
				total := units(row[cost]) + copies*(31_700+8_300+5_000)
				landed, margin = Money(total), Money(units(row[net])-total)
			}
		}
		lines.Rows[i] = append(row, int64(flag), int64(catalogue), freight, duty, Money(copies*5_000), landed, margin)
	}
}
