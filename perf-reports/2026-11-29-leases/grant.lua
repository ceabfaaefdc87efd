local n=tonumber(os.getenv("COUNT")); local e=tonumber(os.getenv("END")); local mode=os.getenv("MODE"); local i=0
wrk.method="POST"
local function enc(s) -- base64
 local b='ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
 return ((s:gsub('.',function(x) local r,b='',x:byte() for i=8,1,-1 do r=r..(b%2^i-b%2^(i-1)>0 and '1' or '0') end return r end)..'0000'):gsub('%d%d%d?%d?%d?%d?',function(x) if #x<6 then return '' end local c=0 for i=1,6 do c=c+(x:sub(i,i)=='1' and 2^(6-i) or 0) end return b:sub(c+1,c+1) end)..({'','==','='})[#s%3+1])
end
function request()
 i=i+1; if i>n then i=n end
 if mode=="grant" then return wrk.format(nil,"/v3/lease/grant",nil,string.format('{"ID":"%d","TTL":"%d"}',1000000+i,e-os.time())) end
 return wrk.format(nil,"/v3/kv/put",nil,string.format('{"key":"%s","value":"eA==","lease":"%d"}',enc(string.format("lease/%08d",i)),1000000+i))
end
local d=0
function response() d=d+1; if d>=n+64 then wrk.thread:stop() end end
