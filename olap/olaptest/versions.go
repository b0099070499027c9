package olaptest

import "time"

// versions adds the customers as they were: every fifth was of another type
// and channel until the middle of the shape's days. Facts carry the version of
// the day of the order; a return has that of the line it comes back from.
func (b *builder) versions() {
	customers := b.data.Table("core.dim_customer")
	t := b.data.table("core.dim_customer_version", `version_key customer_key valid_from valid_to is_current customer_id name customer_type subtype
		geo_key area area_zh province province_zh country channel_key channel_id channel channel_kind owner_employee_key owner_id owner status
		credit_limit credit_days price_policy_id parent_customer_key`)
	first, last := day(1900, 1, 1), day(9999, 12, 31)
	turn := b.shape.From.Add(b.shape.AsOf.Sub(b.shape.From) / 2).Truncate(24 * time.Hour)
	at := func(row []any, column string) any { return row[customers.Column(column)] }
	regions, channels, people := b.data.Table("core.dim_geo"), b.data.Table("core.dim_channel"), b.data.Table("core.dim_employee")
	older := map[int64]int64{}
	add := func(key int64, row []any, from, to time.Time, kind any, channel int64) {
		geo, way, owner := regions.member(at(row, "geo_key")), channels.member(channel), people.member(at(row, "owner_employee_key"))
		t.add(key, at(row, "customer_key"), from, to, to.Equal(last), at(row, "customer_id"), at(row, "name"), kind, at(row, "subtype"),
			at(row, "geo_key"), geo("area"), geo("area_zh"), geo("province"), geo("province_zh"), geo("country"),
			channel, way("channel_id"), way("name"), way("kind"), at(row, "owner_employee_key"), owner("employee_id"), owner("name"), at(row, "status"),
			at(row, "credit_limit"), at(row, "credit_days"), nil, at(row, "parent_customer_key"))
	}
	for _, row := range customers.Rows {
		key := at(row, "customer_key").(int64)
		from := first
		if key%5 == 0 {
			from = turn
			older[key] = int64(b.shape.Customers) + key/5
			add(older[key], row, first, turn, "distributor", 1)
		}
		add(key, row, from, last, at(row, "customer_type"), at(row, "channel_key").(int64))
	}
	version := func(customer int64, day time.Time) int64 {
		if o := older[customer]; o != 0 && day.Before(turn) {
			return o
		}
		return customer
	}
	ordered := map[int64]time.Time{}
	lines := b.data.Table("core.fact_order_line")
	lines.Columns = append(lines.Columns, "customer_version_key")
	for i, row := range lines.Rows {
		day := row[lines.Column("order_date")].(time.Time)
		ordered[row[lines.Column("line_id")].(int64)] = day
		lines.Rows[i] = append(row, version(row[lines.Column("customer_key")].(int64), day))
	}
	returns := b.data.Table("core.fact_return")
	returns.Columns = append(returns.Columns, "customer_version_key")
	for i, row := range returns.Rows {
		returns.Rows[i] = append(row, version(row[returns.Column("customer_key")].(int64), ordered[row[returns.Column("line_id")].(int64)]))
	}
}

// member reads the columns of the row of a key, which comes first.
func (t *Table) member(key any) func(column string) any {
	for _, row := range t.Rows {
		if row[0] == key {
			return func(column string) any { return row[t.Column(column)] }
		}
	}
	return func(string) any { return nil }
}
