-- Indexes besides the keys, for either database. Few: sixteen would make loading four times slower.

CREATE INDEX IF NOT EXISTS idx_drones_kit_id ON drones (kit_id, time);
CREATE INDEX IF NOT EXISTS idx_drones_drone_id ON drones (drone_id, time);
CREATE INDEX IF NOT EXISTS idx_signals_kit_id ON signals (kit_id, time);
CREATE INDEX IF NOT EXISTS idx_system_health_kit_id ON system_health (kit_id, time);
CREATE INDEX IF NOT EXISTS idx_sightings_drone_id ON sightings (drone_id, bucket);
