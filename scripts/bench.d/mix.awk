# Of its lines, makes those of real polls: after each 10,000 lines, one poll of 100 kits with 100 tracks each,
# come 4,286 lines of the poll before it again, so that 30 % of all lines are repeats. A batch is smaller than a
# poll of all kits.
{
	print
	current[n++] = $0
	if (n < 10000)
		next
	for (i = 0; i < 4286 && rounds; i++)
		print before[i]
	for (i = 0; i < n; i++)
		before[i] = current[i]
	n = 0
	rounds++
}
